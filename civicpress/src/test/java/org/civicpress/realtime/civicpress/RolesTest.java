package org.civicpress.realtime.civicpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolesTest {
    @Test
    void bothNotationsMeanTheSame() throws Exception {
        var roles = roles("""
                roles:
                  clerk:
                    permissions: { value: [records:edit], type: list, description: what a clerk may do }
                    record_types: { can_edit: [bylaw], can_view: [bylaw] }
                  public:
                    permissions: [records:view]
                role_hierarchy:
                  clerk: { value: [public] }
                default_role: { value: public }
                """);
        assertThat(roles.may("clerk", "records:edit", "policy", "edit")).isTrue();
        assertThat(roles.may("clerk", "records:view", "policy", "view"))
                .as("inherited")
                .isTrue();
        assertThat(roles.may("public", "records:edit", "policy", "edit")).isFalse();
    }

    @Test
    void recordTypesWidenForTheRoleItselfOnly() throws Exception {
        var roles = roles("""
                roles:
                  planner: { permissions: [], record_types: { can_edit: [geography] } }
                  deputy: { permissions: [] }
                  public: { permissions: [records:view], record_types: { can_edit: [comment] } }
                role_hierarchy: { deputy: [planner] }
                """);
        assertThat(roles.may("planner", "records:edit", "geography", "edit")).isTrue();
        assertThat(roles.may("planner", "records:edit", "bylaw", "edit")).isFalse();
        assertThat(roles.may("planner", "records:view", "geography", "view")).isFalse();
        assertThat(roles.may("deputy", "records:edit", "geography", "edit")).isFalse();
        assertThat(roles.may("nobody", "records:edit", "comment", "edit"))
                .as("undefined counts as public")
                .isTrue();
    }

    @Test
    void anUndefinedRoleHasWhatPublicHasItself() throws Exception {
        var roles = roles("""
                roles:
                  public: { permissions: [records:view] }
                  everyone: { permissions: [records:edit] }
                  empty: {}
                role_hierarchy: { public: [everyone], empty: [] }
                """);
        assertThat(roles.may("stranger", "records:view", "bylaw", "view")).isTrue();
        assertThat(roles.may("stranger", "records:edit", "bylaw", "edit")).isFalse();
        assertThat(roles.may("public", "records:edit", "bylaw", "edit")).isTrue();
        assertThat(roles.may("empty", "records:view", "bylaw", "view")).isFalse();
    }

    @Test
    void slipsInTheFileDeny() throws Exception {
        var roles = roles("""
                roles:
                  clerk: { permissions: 'records:edit', record_types: [bylaw] }
                  mayor: just a name
                  auditor: { permissions: { list: ['*'] } }
                role_hierarchy: [clerk]
                """);
        for (String role : List.of("clerk", "mayor", "auditor", "public")) {
            assertThat(roles.may(role, "records:edit", "bylaw", "edit"))
                    .as(role)
                    .isFalse();
        }
    }

    @Test
    void withoutAFileTheBuiltInRolesHold() {
        var roles = Roles.read(java.nio.file.Path.of("there-is-no-such-file"));
        for (String role : List.of("admin", "mayor", "council", "clerk", "legal_dept")) {
            assertThat(roles.may(role, "records:edit", "bylaw", "edit"))
                    .as(role)
                    .isTrue();
        }
        assertThat(roles.may("public", "records:view", "bylaw", "view")).isTrue();
        assertThat(roles.may("public", "records:edit", "bylaw", "edit")).isFalse();
    }

    /// Hierarchies with cycles, diamonds and roles that are not there, against the definition written as a
    /// recursion.
    @Test
    void anyHierarchyGivesWhatTheDefinitionSays() {
        Seeds.each(2000, random -> {
            var own = new HashMap<String, Set<String>>();
            var parents = new HashMap<String, List<String>>();
            List<String> names = List.of("a", "b", "c", "d", "e", "public");
            for (String name : names) {
                if (random.nextInt(5) > 0) {
                    own.put(name, Set.copyOf(some(random, List.of("p", "q", "r", "s", "t", "u", "*"), 8)));
                }
                if (random.nextInt(4) > 0) {
                    parents.put(name, some(random, names, 4));
                }
            }
            Roles roles = parsed(own, parents);
            for (String name : names) {
                Set<String> expected = permissions(name, own, parents, Set.of());
                for (String permission : List.of("p", "q", "r", "s", "t", "u")) {
                    assertThat(roles.may(name, permission, "bylaw", "edit"))
                            .as("%s %s in %s %s", name, permission, own, parents)
                            .isEqualTo(expected.contains(permission) || expected.contains("*"));
                }
            }
        });
    }

    private static List<String> some(Random random, List<String> of, int oneIn) {
        var some = new ArrayList<String>();
        for (String element : of) {
            if (random.nextInt(oneIn) == 0) {
                some.add(element);
            }
        }
        return some;
    }

    private static Roles parsed(Map<String, Set<String>> own, Map<String, List<String>> parents) {
        var yaml = new StringBuilder("roles:\n");
        own.forEach((name, permissions) -> yaml.append("  ")
                .append(name)
                .append(": { permissions: ")
                .append(quoted(permissions))
                .append(" }\n"));
        yaml.append("role_hierarchy:\n");
        parents.forEach((name, list) ->
                yaml.append("  ").append(name).append(": ").append(quoted(list)).append('\n'));
        return roles(yaml.toString());
    }

    private static String quoted(Iterable<String> texts) {
        return "["
                + String.join(
                        ", ",
                        java.util.stream.StreamSupport.stream(texts.spliterator(), false)
                                .map(text -> "'" + text + "'")
                                .toList())
                + "]";
    }

    private static Set<String> permissions(
            String role, Map<String, Set<String>> own, Map<String, List<String>> parents, Set<String> above) {
        if (!own.containsKey(role)) {
            return own.getOrDefault("public", Set.of());
        }
        var all = new HashSet<String>(own.get(role));
        var path = new HashSet<String>(above);
        path.add(role);
        for (String parent : parents.getOrDefault(role, List.of())) {
            if (!path.contains(parent)) {
                all.addAll(permissions(parent, own, parents, path));
            }
        }
        return all;
    }

    private static Roles roles(String yaml) {
        try {
            Path file = Files.createTempFile("roles", ".yml");
            try {
                return Roles.read(Files.writeString(file, yaml));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatIsReadAgainChangesWhatOneMayDoAndOneThatCannotBeReadDoesNot(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("roles.yml"), "roles: {clerk: {permissions: [records:edit]}}");
        Roles roles = Roles.read(file);
        assertThat(roles.reload()).isFalse();

        Files.writeString(file, "roles: {clerk: {permissions: [records:view]}}");
        assertThat(roles.reload()).isTrue();
        assertThat(roles.may("clerk", "records:edit", "bylaw", "edit")).isFalse();
        assertThat(roles.may("clerk", "records:view", "bylaw", "view")).isTrue();

        Files.writeString(file, "roles: {clerk: [");
        assertThat(roles.reload()).isFalse();
        assertThat(roles.may("clerk", "records:view", "bylaw", "view")).isTrue();

        Files.delete(file);
        assertThat(roles.reload()).isTrue();
        assertThat(roles.may("mayor", "records:edit", "bylaw", "edit")).isTrue();
    }
}
