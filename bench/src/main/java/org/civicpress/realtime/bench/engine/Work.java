package org.civicpress.realtime.bench.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/// One row of a table: what all engines do with the same bytes. Immutable.
///
/// @param id what `--only` is compared with
/// @param group the table it belongs to
/// @param parameters of [EngineWorker], from the operation on
/// @param mark what the project wants to reach: how many times as fast as `yjs`, and of memory, which part of it
record Work(String id, String group, String title, List<String> parameters, OptionalDouble mark) {
    /// Of automerge-paper.
    private static final String AUTHOR = "2891830217";

    Work {
        parameters = List.copyOf(parameters);
    }

    boolean isMemory() {
        return parameters.getFirst().equals("memory");
    }

    /// The works on a recorded session.
    static List<Work> recorded(Path traces) {
        String name = "automerge-paper";
        String v1 = traces.resolve(name + ".final.v1.bin").toString();
        String v2 = traces.resolve(name + ".final.v2.bin").toString();
        String updates1 = traces.resolve(name + ".updates.v1.bin").toString();
        String updates2 = traces.resolve(name + ".updates.v2.bin").toString();
        String vector = traces.resolve(name + ".half.sv.bin").toString();
        String patches = traces.resolve(name + ".patches.bin").toString();
        return List.of(
                work(name, "apply-v1", "apply 259,778 updates one by one, with a listener", 16, "apply", "1", updates1),
                work(name, "apply-v2", "the same, V2", 16, "apply", "2", updates2),
                work(name, "load-v1", "load the final document", 6, "load", "1", v1),
                work(name, "load-v2", "the same, V2", 6, "load", "2", v2),
                work(name, "encode-v1", "encode the full state", 20, "encode", "1", v1),
                work(name, "encode-v2", "the same, V2", 20, "encode", "2", v2),
                work(name, "diff-v1", "the state since half of it", 14, "diff", "1", v1, vector),
                work(name, "diff-v2", "the same, V2", 14, "diff", "2", v2, vector),
                work(name, "sv-of-v1", "state vector of an update, no document", 8, "state-vector-of", "1", v1),
                work(name, "sv-of-v2", "the same, V2", 8, "state-vector-of", "2", v2),
                work(name, "diff-update-v1", "diff of an update, no document", 8, "diff-update", "1", v1, vector),
                work(name, "diff-update-v2", "the same, V2", 8, "diff-update", "2", v2, vector),
                work(name, "merge-first-v1", "merge the first 5,000 updates", 75, "merge", "1", updates1, "0", "5000"),
                work(name, "merge-first-v2", "the same, V2", 75, "merge", "2", updates2, "0", "5000"),
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
                work(name, "merge-middle-v2", "the same, V2", 75, "merge", "2", updates2, "130000", "5000"),
                work(name, "replay", "replay as local edits, with a listener", 12, "replay", "1", patches, AUTHOR),
                work(name, "memory", "the loaded document", 1 / 3.0, "memory", "1", v1, "20"));
    }

    private static Work work(String group, String id, String title, double mark, String... parameters) {
        return new Work(group + "/" + id, group, title, List.of(parameters), OptionalDouble.of(mark));
    }
}
