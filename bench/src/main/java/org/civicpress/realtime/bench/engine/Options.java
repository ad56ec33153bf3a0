package org.civicpress.realtime.bench.engine;

import java.util.Iterator;
import java.util.List;

/// What `./dev bench` was asked for. Immutable.
///
/// @param clock `wall`, or `cpu` for a busy machine: the CPU time of the whole process, its collector and compiler
/// included
/// @param only parts of the names of works, of which one must fit
/// @param peers the engines beside ours
record Options(String clock, int rounds, long warmUpMillis, long measureMillis, List<String> only, List<String> peers) {
    private static final String WALL = "wall";
    /// Of CPU time; a JVM spends part of it on compiling, and needs more than half of it for the long works.
    private static final long WARM_UP_MILLIS = 8_000;

    private static final List<String> ALL = List.of("");
    private static final List<String> PEERS = List.of(Results.YJS, "ywasm");

    /// @throws IllegalArgumentException when there is no such option
    static Options of(List<String> words) {
        var options = new Options(WALL, 3, WARM_UP_MILLIS, 1_000, ALL, PEERS);
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            options = switch (word) {
                case "--quick" -> new Options(options.clock, 1, 1_000, 300, options.only, options.peers);
                case "--cpu" -> options.withClock("cpu");
                case "--rounds" -> options.withRounds(Integer.parseInt(rest.next()));
                case "--only" -> options.withOnly(List.of(rest.next().split(",")));
                case "--peers" -> options.withPeers(List.of(rest.next().split(",")));
                default -> throw new IllegalArgumentException("there is no option " + word);
            };
        }
        return options;
    }

    private Options withClock(String name) {
        return new Options(name, rounds, warmUpMillis, measureMillis, only, peers);
    }

    private Options withRounds(int number) {
        return new Options(clock, number, warmUpMillis, measureMillis, only, peers);
    }

    private Options withOnly(List<String> parts) {
        return new Options(clock, rounds, warmUpMillis, measureMillis, parts, peers);
    }

    private Options withPeers(List<String> names) {
        return new Options(clock, rounds, warmUpMillis, measureMillis, only, names);
    }

    /// Is it worth being written down?
    boolean isComplete() {
        return warmUpMillis >= WARM_UP_MILLIS && only.equals(ALL) && peers.equals(PEERS);
    }
}
