package org.civicpress.realtime.bench.engine;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/// `bench/run jmh [NAME]`: the micro-benchmarks whose name contains NAME, on every session that is there.
public final class EngineBenchmarks {
    private EngineBenchmarks() {}

    public static void main(String[] args) throws RunnerException {
        var sessions = new ArrayList<>(List.of(Trace.SYNTHETIC));
        for (String recorded : List.of("friendsforever", "automerge-paper")) {
            if (Files.exists(Trace.file(recorded))) {
                sessions.add(recorded);
            } else {
                System.err.println("without the session " + recorded + ": there is no " + Trace.file(recorded));
            }
        }
        new Runner(new OptionsBuilder()
                        .include(args.length == 0 ? EngineBenchmark.class.getSimpleName() : args[0])
                        .param("session", sessions.toArray(String[]::new))
                        .jvmArgsAppend("-Dtraces=" + System.getProperty("traces", "../shared/data/traces"))
                        .resultFormat(ResultFormatType.JSON)
                        .result(System.getProperty("result", "target/jmh.json"))
                        .build())
                .run();
    }
}
