package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;
import org.jspecify.annotations.Nullable;

/// Makes an installation in an empty directory. A marker is written first and removed last: what was interrupted
/// half-way is never taken for an installation. Confined to the call that made it.
final class InstallationWriter {
    private static final String TEMPLATE = "template/";

    private final Path root;
    private final Path systemData;
    private final Path data;
    private final SampleData content;
    private final Clock clock;

    InstallationWriter(Path root, SampleData content, Clock clock) {
        this.root = root;
        this.systemData = root.resolve(Installation.SYSTEM_DATA);
        this.data = root.resolve("data");
        this.content = content;
        this.clock = clock;
    }

    void write() {
        try {
            Files.createDirectories(root);
            Path unfinished = Files.writeString(
                    root.resolve(Installation.UNFINISHED),
                    "An installation is being made here. While this file exists, it is not complete.\n");
            Files.createDirectories(systemData);
            writeSecret();
            writeTemplate("realtime.yml", systemData.resolve("realtime.yml"));
            for (String name : new String[] {"config.yml", "roles.yml", "workflows.yml", "hooks.yml"}) {
                writeTemplate(name, data.resolve(".civic").resolve(name));
            }
            for (var record : content.records().entrySet()) {
                writeFile(data.resolve(path(record.getKey(), record.getValue())), record.getValue());
            }
            commit();
            writeDatabase();
            writeTemplate("civicrc.yml", root.resolve(Installation.MARKER));
            Files.delete(unfinished);
        } catch (IOException e) {
            throw new InstallationException(
                    "cannot write the new installation in " + root + " (" + e
                            + "): choose a directory that this user may write to, on a disk with room",
                    e);
        } catch (SQLException | GitAPIException e) {
            throw new InstallationException("cannot make the new installation in " + root + ": " + e.getMessage(), e);
        }
    }

    private void writeSecret() throws IOException {
        byte[] secret = new byte[64];
        new SecureRandom().nextBytes(secret);
        Path file = systemData.resolve("secrets.yml");
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            // The mode comes before the content.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        writeFile(file, """
                # Session tokens are signed with this. Keep it out of Git and of sight.
                secret: >-
                  %s
                created: '%s'
                warning: Keep this file secret. Whoever reads it can sign in as anyone; when it is lost, all sessions end.
                """.formatted(HexFormat.of().formatHex(secret), Timestamps.iso(clock.instant())));
    }

    private void writeTemplate(String name, Path file) throws IOException {
        writeFile(file, SampleData.resource(TEMPLATE + name).replace("@name@", content.name()));
    }

    private static void writeFile(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String path(String id, String text) {
        Map<String, @Nullable Object> fields =
                RecordFile.split(text).frontMatter().orElse(Map.of());
        String created = String.valueOf(fields.get("created"));
        return "records/" + fields.get("type") + "/" + created.substring(0, Math.min(4, created.length())) + "/" + id
                + ".md";
    }

    /// The data directory as a Git work tree whose first commit holds everything. It has an author of its own, and
    /// leaves line ends alone whatever this machine's configuration says.
    private void commit() throws IOException, GitAPIException {
        try (Git git =
                Git.init().setDirectory(data.toFile()).setInitialBranch("main").call()) {
            var config = git.getRepository().getConfig();
            config.setString("user", null, "name", "CivicPress");
            config.setString("user", null, "email", "civicpress@localhost");
            config.setBoolean("core", null, "autocrlf", false);
            config.setBoolean("commit", null, "gpgsign", false);
            config.save();
            git.add().addFilepattern(".").call();
            var author =
                    new PersonIdent("CivicPress", "civicpress@localhost", clock.instant(), java.time.ZoneOffset.UTC);
            git.commit()
                    .setAuthor(author)
                    .setCommitter(author)
                    .setMessage("Start the records of " + content.name())
                    .setSign(false)
                    .setNoVerify(true)
                    .call();
        }
    }

    private void writeDatabase() throws SQLException {
        try (var database = CivicDatabase.create(systemData.resolve("civic.db"), SampleData.resource("schema.sql"))) {
            database.write(connection -> {
                insertPeople(connection);
                insertRecords(connection);
                return true;
            });
        }
    }

    private void insertPeople(Connection connection) throws SQLException {
        try (var insert = connection.prepareStatement(
                "INSERT INTO users (username, role, email, name, email_verified) VALUES (?, ?, ?, ?, 1)")) {
            for (SampleData.Person person : content.people()) {
                insert.setString(1, person.username());
                insert.setString(2, person.role());
                insert.setString(3, person.email());
                insert.setString(4, person.name());
                insert.executeUpdate();
            }
        }
    }

    private void insertRecords(Connection connection) throws SQLException {
        try (var insert =
                connection.prepareStatement("INSERT INTO records (id, title, type, status, workflow_state, content, "
                        + "metadata, geography, attached_files, linked_records, linked_geography_files, path, author, created_at, "
                        + "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (var file : content.records().entrySet()) {
                CivicRecord record = record(file.getKey(), file.getValue());
                insert.setString(1, record.id());
                insert.setString(2, record.title());
                insert.setString(3, record.type());
                insert.setString(4, record.status());
                insert.setString(5, record.status().equals("draft") ? "draft" : null);
                insert.setString(6, record.body());
                insert.setString(7, record.metadata());
                insert.setString(8, record.geography());
                insert.setString(9, record.attachedFiles());
                insert.setString(10, record.linkedRecords());
                insert.setString(11, record.linkedGeographyFiles());
                insert.setString(12, record.path());
                insert.setString(13, record.author());
                insert.setString(
                        14, Timestamps.sql(Optional.ofNullable(record.created()).orElse(clock.instant())));
                insert.setString(
                        15, Timestamps.sql(Optional.ofNullable(record.updated()).orElse(clock.instant())));
                insert.executeUpdate();
            }
        }
    }

    private static CivicRecord record(String id, String text) {
        var empty = new CivicRecord(
                id, id, "unknown", "draft", null, "", null, null, null, path(id, text), null, null, null, null, null);
        return Records.withFile(empty, RecordFile.split(text));
    }
}
