package org.civicpress.realtime.bench.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// One work of the comparison, done by this engine in a fresh process. `peers/worker.mjs` does the same with the same
/// parameters and says the same:
///
/// ```
/// EngineWorker wall|cpu WARM_UP_MILLIS MEASURE_MILLIS OPERATION 1|2 FILE|NUMBER...
/// ```
///
/// Prints `result SHA256` of what the work gave, then `millis TIME` or `bytes HELD`. The time is the median by the
/// clock, or the mean of the CPU time of the whole process.
public final class EngineWorker {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /// What the timed runs gave, so that no compiler can leave them out.
    private static volatile Object outcome = "";

    private EngineWorker() {}

    public static void main(String[] args) throws Exception {
        boolean wall = args[0].equals("wall");
        long warmUpMillis = Long.parseLong(args[1]);
        long measureMillis = Long.parseLong(args[2]);
        UpdateFormat format = args[4].equals("1") ? UpdateFormat.V1 : UpdateFormat.V2;
        Operation<?> operation = Operation.named(args[3], format, List.of(args).subList(5, args.length));
        long begin = cpuNanos();
        System.out.println("result " + digest(operation));
        if (operation.copies() > 0) {
            System.out.println("bytes " + held(operation));
        } else {
            repeat(operation, begin, warmUpMillis);
            long measured = cpuNanos();
            List<Double> times = repeat(operation, measured, measureMillis);
            double cpuMillis = (cpuNanos() - measured) / 1e6 / times.size();
            System.out.println("millis " + (wall ? median(times) : cpuMillis));
        }
    }

    private static <R> String digest(Operation<R> operation) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        R result = operation.run().apply(update -> digest.update(update.asByteBuffer()));
        for (Bytes bytes : operation.result().apply(result)) {
            digest.update(bytes.asByteBuffer());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Since `begin` for `millis` of CPU time and at least five times; what takes long fewer times, but once.
    private static List<Double> repeat(Operation<?> operation, long begin, long millis) {
        var times = new ArrayList<Double>();
        long taken;
        do {
            times.add(once(operation));
            taken = (cpuNanos() - begin) / 1_000_000;
        } while ((taken < millis || times.size() < 5) && taken < 5 * millis);
        return times;
    }

    private static double once(Operation<?> operation) {
        long[] heard = {0};
        long begin = System.nanoTime();
        Object result = operation.run().apply(update -> heard[0] += update.length());
        double millis = (System.nanoTime() - begin) / 1e6;
        outcome = result;
        return millis;
    }

    /// In steps of 10 ms.
    private static long cpuNanos() {
        return PROCESS.getProcessCpuTime();
    }

    private static double median(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static long held(Operation<?> operation) {
        var kept = new ArrayList<Object>();
        kept.add(operation.run().apply(ignored -> {}));
        long before = live();
        while (kept.size() <= operation.copies()) {
            kept.add(operation.run().apply(ignored -> {}));
        }
        long held = live() - before;
        outcome = kept;
        return held / operation.copies();
    }

    /// Of the heap, after full collections.
    private static long live() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
