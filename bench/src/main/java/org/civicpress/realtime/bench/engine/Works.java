package org.civicpress.realtime.bench.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;

/// All works: on a recorded session, on generated ones, and the curves.
final class Works {
    static final String RECORDED = "automerge-paper";
    static final String GENERATED = "generated";
    static final String LARGE = "large";
    static final String CURVES = "growth";

    /// Of the recorded session.
    private static final String AUTHOR = "2891830217";

    private static final int[] EDITS = {5_000, 20_000, 80_000};
    private static final int[] CLIENTS = {250, 1_000, 4_000};
    private static final int[] FORMATS = {500, 2_000, 8_000};
    private static final int EDITS_OF_A_CLIENT = 4;

    private Works() {}

    /// The works on a recorded session.
    static List<Work> recorded(Path traces) {
        String name = RECORDED;
        String v1 = traces.resolve(name + ".final.v1.bin").toString();
        String v2 = traces.resolve(name + ".final.v2.bin").toString();
        String updates1 = traces.resolve(name + ".updates.v1.bin").toString();
        String updates2 = traces.resolve(name + ".updates.v2.bin").toString();
        String vector = traces.resolve(name + ".half.sv.bin").toString();
        String patches = traces.resolve(name + ".patches.bin").toString();
        return List.of(
                work(name, "apply-v1", "apply 259,778 updates, with a listener", 16, "apply", "1", updates1),
                work(name, "apply-v2", "apply 259,778 updates, with a listener, V2", 16, "apply", "2", updates2),
                work(name, "load-v1", "load the final document", 6, "load", "1", v1),
                work(name, "load-v2", "load the final document, V2", 6, "load", "2", v2),
                work(name, "encode-v1", "encode the full state", 20, "encode", "1", v1),
                work(name, "encode-v2", "encode the full state, V2", 20, "encode", "2", v2),
                work(name, "diff-v1", "the state since half of it", 14, "diff", "1", v1, vector),
                work(name, "diff-v2", "the state since half of it, V2", 14, "diff", "2", v2, vector),
                work(name, "sv-of-v1", "state vector of an update, no document", 8, "state-vector-of", "1", v1),
                work(name, "sv-of-v2", "state vector of an update, no document, V2", 8, "state-vector-of", "2", v2),
                work(name, "diff-update-v1", "diff of an update, no document", 8, "diff-update", "1", v1, vector),
                work(name, "diff-update-v2", "diff of an update, no document, V2", 8, "diff-update", "2", v2, vector),
                work(name, "merge-first-v1", "merge the first 5,000 updates", 75, "merge", "1", updates1, "0", "5000"),
                work(
                        name,
                        "merge-first-v2",
                        "merge the first 5,000 updates, V2",
                        75,
                        "merge",
                        "2",
                        updates2,
                        "0",
                        "5000"),
                work(
                        name,
                        "merge-middle-v1",
                        "merge 5,000 of the middle",
                        75,
                        "merge",
                        "1",
                        updates1,
                        "130000",
                        "5000"),
                work(
                        name,
                        "merge-middle-v2",
                        "merge 5,000 of the middle, V2",
                        75,
                        "merge",
                        "2",
                        updates2,
                        "130000",
                        "5000"),
                work(name, "replay", "replay as local edits, with a listener", 12, "replay", "1", patches, AUTHOR),
                work(name, "memory", "the loaded document", 1 / 3.0, "memory", "1", v1, "20"));
    }

    /// The works on sessions that `peers/generate.mjs` makes.
    static List<Work> generated(Path folder) {
        var works = new ArrayList<Work>();
        var sessions = new LinkedHashMap<String, String>();
        sessions.put("append", "100,000 letters at the end");
        sessions.put("random", "80,000 single letters anywhere");
        sessions.put("clients", "4,000 people, four edits each, all at once");
        sessions.put("maps", "60,000 keys of a map");
        sessions.put("rich", "10,000 edits of a formatted text");
        sessions.put("xml", "30,000 edits of blocks");
        sessions.forEach((name, title) -> {
            String updates = file(folder, name + ".updates.v1.bin");
            String v1 = file(folder, name + ".final.v1.bin");
            String v2 = file(folder, name + ".final.v2.bin");
            works.add(work(GENERATED, name + "-apply-v1", title + ": apply one by one", "apply", "1", updates));
            works.add(work(GENERATED, name + "-load-v1", title + ": load", "load", "1", v1));
            works.add(work(GENERATED, name + "-load-v2", title + ": load, V2", "load", "2", v2));
            works.add(work(GENERATED, name + "-encode-v1", title + ": encode", "encode", "1", v1));
            works.add(work(GENERATED, name + "-memory", title, "memory", "1", v1, "10"));
        });
        String v1 = file(folder, LARGE + ".final.v1.bin");
        String v2 = file(folder, LARGE + ".final.v2.bin");
        works.add(work(GENERATED, "large-load-v1", "a document of 20 MB: load", "load", "1", v1));
        works.add(work(GENERATED, "large-load-v2", "a document of 20 MB: load, V2", "load", "2", v2));
        works.add(work(GENERATED, "large-encode-v1", "a document of 20 MB: encode", "encode", "1", v1));
        works.add(work(GENERATED, "large-encode-v2", "a document of 20 MB: encode, V2", "encode", "2", v2));
        works.add(work(GENERATED, "large-memory", "a document of 20 MB", "memory", "1", v1, "1"));
        return works;
    }

    /// The one of that name.
    static Work generated(Path folder, String name) {
        return generated(folder).stream()
                .filter(work -> work.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// The same work at three sizes, each four times the one before.
    static List<Work> curves(Path folder) {
        var works = new ArrayList<Work>();
        for (int size : EDITS) {
            works.add(point(
                    "random-local",
                    "letters typed and deleted anywhere",
                    size,
                    "replay",
                    "1",
                    file(folder, "random.patches.bin"),
                    "1",
                    "" + size));
        }
        for (int size : EDITS) {
            works.add(point(
                    "random-remote",
                    "letters typed and deleted anywhere, as updates",
                    size,
                    "apply",
                    "1",
                    file(folder, "random.updates.v1.bin"),
                    "" + size));
        }
        for (int clients : CLIENTS) {
            // The first update is what all of them began with.
            int size = clients * EDITS_OF_A_CLIENT;
            works.add(point(
                    "clients",
                    "updates of many people, four of each",
                    size,
                    "apply",
                    "1",
                    file(folder, "clients.updates.v1.bin"),
                    "" + (1 + size)));
        }
        for (int size : FORMATS) {
            works.add(point(
                    "formats-local",
                    "runs formatted anywhere",
                    size,
                    "format",
                    "1",
                    file(folder, "formats.base.v1.bin"),
                    file(folder, "formats.formats.bin"),
                    "2",
                    "" + size));
        }
        for (int size : FORMATS) {
            works.add(point(
                    "formats-remote",
                    "runs formatted anywhere, as updates",
                    size,
                    "apply",
                    "1",
                    file(folder, "formats.updates.v1.bin"),
                    "" + (1 + size)));
        }
        return works;
    }

    private static String file(Path folder, String name) {
        return folder.resolve(name).toString();
    }

    private static Work work(String group, String name, String title, double mark, String... parameters) {
        return new Work(group, name, title, 0, List.of(parameters), OptionalDouble.of(mark));
    }

    private static Work work(String group, String name, String title, String... parameters) {
        return new Work(group, name, title, 0, List.of(parameters), OptionalDouble.empty());
    }

    private static Work point(String name, String title, int size, String... parameters) {
        return new Work(CURVES, name, title, size, List.of(parameters), OptionalDouble.empty());
    }
}
