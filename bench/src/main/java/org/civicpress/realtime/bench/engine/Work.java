package org.civicpress.realtime.bench.engine;

import java.util.List;
import java.util.OptionalDouble;

/// One row of a table: what all engines do with the same bytes. Immutable.
///
/// @param name what `--only` is compared with, together with its group
/// @param group the table it belongs to
/// @param size how many edits, of a work that is a point of a curve
/// @param parameters of [EngineWorker], from the operation on
/// @param mark what the project wants to reach: how many times as fast as `yjs`, and of memory, which part of it
record Work(String group, String name, String title, int size, List<String> parameters, OptionalDouble mark) {
    Work {
        parameters = List.copyOf(parameters);
    }

    String id() {
        return group + "/" + name + (isPoint() ? "/" + size : "");
    }

    boolean isMemory() {
        return parameters.getFirst().equals("memory");
    }

    boolean isPoint() {
        return size > 0;
    }
}
