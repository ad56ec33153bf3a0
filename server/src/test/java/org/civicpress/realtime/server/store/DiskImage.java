package org.civicpress.realtime.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/// The bytes of a SQLite journal at one moment: its file and its log. Immutable.
@SuppressWarnings("ArrayRecordComponent") // large, and only ever looked at by the test that made it
record DiskImage(byte[] file, byte[] log) {
    private static final int SECTOR = 512;
    private static final int LOG_HEADER = 32;

    static DiskImage of(Path file) {
        try {
            Path log = log(file);
            return new DiskImage(Files.readAllBytes(file), Files.exists(log) ? Files.readAllBytes(log) : new byte[0]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Puts it into a directory in which there is no other.
    void putInto(Path directory) {
        try {
            Path file = Files.createDirectories(directory).resolve("realtime.db");
            Files.deleteIfExists(file.resolveSibling("realtime.db-shm"));
            Files.write(file, this.file);
            if (log.length == 0) {
                Files.deleteIfExists(log(file));
            } else {
                Files.write(log(file), log);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path log(Path file) {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    /// What may be there after the power failed on the way from one state of a file to another: any of the changed
    /// sectors, whatever their order, some of them torn, and a length somewhere between.
    static byte[] torn(byte[] before, byte[] after, Random random) {
        int shorter = Math.min(before.length, after.length);
        int longer = Math.max(before.length, after.length);
        int length = switch (random.nextInt(4)) {
            case 0 -> before.length;
            case 1 -> after.length;
            default -> shorter + random.nextInt(longer - shorter + 1);
        };
        byte[] torn = Arrays.copyOf(before, length);
        double part = new double[] {0.02, 0.3, 0.5, 0.9, 0.98, 1}[random.nextInt(6)];
        for (int begin = 0; begin < length; begin += SECTOR) {
            int end = Math.min(Math.min(begin + SECTOR, length), after.length);
            if (begin >= end || random.nextDouble() >= part) {
                continue;
            }
            int from = begin;
            int to = end;
            if (random.nextInt(10) == 0) {
                int middle = begin + random.nextInt(end - begin);
                if (random.nextBoolean()) {
                    from = middle;
                } else {
                    to = middle;
                }
            }
            System.arraycopy(after, from, torn, from, to - from);
        }
        return torn;
    }

    /// The same of a log. When it begins anew, SQLite writes and syncs its header before anything else.
    static byte[] tornLog(byte[] before, byte[] after, Random random) {
        if (after.length < LOG_HEADER
                || before.length >= LOG_HEADER && Arrays.equals(before, 0, LOG_HEADER, after, 0, LOG_HEADER)) {
            return torn(before, after, random);
        }
        byte[] begun = Arrays.copyOf(before, Math.max(before.length, LOG_HEADER));
        System.arraycopy(after, 0, begun, 0, LOG_HEADER);
        return random.nextInt(3) == 0 ? torn(before, begun, random) : torn(begun, after, random);
    }

    /// What is on the disk of a file after a sync, when an earlier one has failed: what was to be written then is
    /// written
    /// only where it was changed again.
    ///
    /// @param written what was in the file at the failure
    /// @param kept what of that had reached the disk
    static byte[] synced(byte[] written, byte[] kept, byte[] now) {
        byte[] synced = now.clone();
        for (int begin = 0; begin < now.length; begin += SECTOR) {
            int end = Math.min(begin + SECTOR, now.length);
            if (end <= written.length && Arrays.equals(now, begin, end, written, begin, end)) {
                for (int i = begin; i < end; i++) {
                    synced[i] = i < kept.length ? kept[i] : 0;
                }
            }
        }
        return synced;
    }
}
