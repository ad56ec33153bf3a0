package org.civicpress.realtime.bench.engine;

import java.util.concurrent.TimeUnit;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a room does with the engine: take edits one by one, load a stored state, give the state to who joins.
/// Confined to the benchmark's thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EngineBenchmark {
    /// A session; the recorded ones are skipped where they are not there.
    @Param(Trace.SYNTHETIC)
    public String session = Trace.SYNTHETIC;

    private Trace trace = new Trace(java.util.List.of());
    private Doc doc = new Doc(1);
    private Bytes state = Bytes.EMPTY;
    private final Bytes nothing = Bytes.ofHex("00");

    @Setup(Level.Trial)
    public void replay() {
        trace = Trace.named(session);
        doc = trace.replay();
        state = doc.state();
    }

    /// All edits of the session, one by one, as they come from a socket.
    @Benchmark
    public Doc applyOneByOne() {
        return trace.replay();
    }

    /// A stored state into a new document.
    @Benchmark
    public Doc load() {
        Doc loaded = new Doc(2);
        loaded.apply(state, null);
        return loaded;
    }

    /// The whole state, for somebody who has nothing.
    @Benchmark
    public Bytes encode() {
        return doc.stateSince(nothing);
    }

    @Benchmark
    public Bytes stateVector() {
        return doc.stateVector();
    }

    /// The text of the document.
    @Benchmark
    public String text() {
        return doc.text("text").toString();
    }
}
