package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What each role may do, read from `roles.yml` at the start and when that is asked for.
///
/// A role has the permissions it names and, through `role_hierarchy`, those of the roles it builds on.
/// `record_types` widens: a role that lists a type under `can_<action>` may do that to records of this type,
/// whatever its permissions. A role nobody defined counts as `public`, without what `public` builds on. Every
/// value may stand plain or under `value`. Shared.
public final class Roles {
    private static final Logger log = LoggerFactory.getLogger(Roles.class);

    private static final Set<String> VIEW = Set.of("records:view");
    private static final Set<String> VIEW_AND_EDIT = Set.of("records:view", "records:edit");

    /// `recordTypes`: action to the types it is allowed on.
    private record Role(Set<String> permissions, Map<String, Set<String>> recordTypes) {
        private static final Role NOBODY = new Role(Set.of(), Map.of());
    }

    private final Path file;
    private volatile Table table;

    /// What the file says. Immutable.
    ///
    /// @param effective what each role may do, with what it builds on
    private record Table(Map<String, Role> roles, Map<String, Set<String>> effective) {
        static Table of(Map<String, Role> roles, Map<String, List<String>> hierarchy) {
            var effective = new HashMap<String, Set<String>>();
            for (String role : roles.keySet()) {
                effective.put(role, Set.copyOf(permissions(roles, role, hierarchy)));
            }
            return new Table(Map.copyOf(roles), Map.copyOf(effective));
        }
    }

    private Roles(Path file, Table table) {
        this.file = file;
        this.table = table;
    }

    /// Reads the file; when it is absent or unreadable, what CivicPress falls back to.
    static Roles read(Path file) {
        try {
            return new Roles(file, Files.exists(file) ? parse(Files.readString(file)) : builtIn());
        } catch (IOException | Yaml.Malformed e) {
            log.warn("{} cannot be read ({}): the built-in roles are used until it can", file, e.getMessage());
            return new Roles(file, builtIn());
        }
    }

    /// Reads the file again. When that is not possible, the roles stay what they are.
    ///
    /// @return whether somebody may do something else now
    public boolean reload() {
        try {
            Table read = Files.exists(file) ? parse(Files.readString(file)) : builtIn();
            boolean isOther = !read.equals(table);
            table = read;
            return isOther;
        } catch (IOException | Yaml.Malformed e) {
            log.warn("{} cannot be read ({}): the roles stay as they were", file, e.getMessage());
            return false;
        }
    }

    private static Table parse(String yaml) throws Yaml.Malformed {
        var file = Yaml.loadMap(yaml);
        var roles = new HashMap<String, Role>();
        Yaml.map(file.get("roles")).orElse(Map.of()).forEach((name, value) -> roles.put(name, role(value)));
        var hierarchy = new HashMap<String, List<String>>();
        Yaml.map(file.get("role_hierarchy"))
                .orElse(Map.of())
                .forEach((name, value) -> hierarchy.put(name, List.copyOf(texts(plainOrValue(value)))));
        return Table.of(roles, hierarchy);
    }

    private static Table builtIn() {
        var roles = new HashMap<String, Role>();
        for (String name : List.of("admin", "mayor", "council", "clerk", "legal_dept")) {
            roles.put(name, new Role(VIEW_AND_EDIT, Map.of()));
        }
        roles.put("public", new Role(VIEW, Map.of()));
        return Table.of(
                roles,
                Map.of(
                        "mayor", List.of("council"),
                        "council", List.of("clerk"),
                        "clerk", List.of("legal_dept"),
                        "legal_dept", List.of("public"),
                        "admin", List.of("public")));
    }

    private static Role role(@Nullable Object value) {
        return Yaml.map(value)
                .map(fields -> new Role(
                        Set.copyOf(texts(plainOrValue(fields.get("permissions")))),
                        recordTypes(fields.get("record_types"))))
                .orElse(Role.NOBODY);
    }

    private static Map<String, Set<String>> recordTypes(@Nullable Object value) {
        var byAction = new HashMap<String, Set<String>>();
        Yaml.map(value).orElse(Map.of()).forEach((key, types) -> {
            if (key.startsWith("can_")) {
                byAction.put(key.substring("can_".length()), Set.copyOf(texts(types)));
            }
        });
        return Map.copyOf(byAction);
    }

    private static @Nullable Object plainOrValue(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map.get("value") : value;
    }

    /// The texts of a list; anything else has none, so that a slip in the file denies rather than allows.
    private static Set<String> texts(@Nullable Object value) {
        var texts = new LinkedHashSet<String>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    private static Set<String> permissions(Map<String, Role> roles, String role, Map<String, List<String>> hierarchy) {
        var all = new HashSet<String>();
        var seen = new HashSet<String>();
        var todo = new java.util.ArrayDeque<String>(List.of(role));
        while (!todo.isEmpty()) {
            String next = todo.pop();
            if (seen.add(next)) {
                all.addAll(orPublic(roles, next).permissions);
                if (roles.containsKey(next)) {
                    todo.addAll(hierarchy.getOrDefault(next, List.of()));
                }
            }
        }
        return all;
    }

    private static Role orPublic(Map<String, Role> roles, String role) {
        Role own = roles.get(role);
        return own != null ? own : roles.getOrDefault("public", Role.NOBODY);
    }

    /// May this user do it? `permission` is for example `records:edit`, `action` is `edit`.
    public boolean may(User user, String permission, String recordType, String action) {
        return may(user.role(), permission, recordType, action);
    }

    boolean may(String role, String permission, String recordType, String action) {
        Table now = table;
        Role own = orPublic(now.roles, role);
        Set<String> held = now.effective.getOrDefault(role, own.permissions);
        return held.contains(permission)
                || held.contains("*")
                || own.recordTypes.getOrDefault(action, Set.of()).contains(recordType);
    }
}
