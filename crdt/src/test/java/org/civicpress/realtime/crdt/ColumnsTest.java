package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// A column that is put together from others is the one that was written at once.
class ColumnsTest {
    @Test
    void runsOfNumbersGoOnAcrossSeams() {
        seams(
                () -> new Columns.UintWriter(0),
                (column, value) -> column.write(value),
                (column, other) -> column.write(other),
                Columns.UintWriter::finish);
    }

    @Test
    void runsOfDifferencesGoOnAcrossSeams() {
        seams(
                () -> new Columns.DiffWriter(0),
                (column, value) -> column.write(value),
                (column, other) -> column.write(other),
                Columns.DiffWriter::finish);
    }

    @Test
    void runsOfBytesGoOnAcrossSeams() {
        seams(
                () -> new Columns.RleWriter(0),
                (column, value) -> column.write(value),
                (column, other) -> column.write(other),
                Columns.RleWriter::finish);
    }

    @Test
    void wholeTextsAreWrittenIntoOthers() {
        String[] texts = {"", "a", "some letters, and more", "é", "𝄞", "\ud834", "\udd1e"};
        seams(
                () -> new Columns.StringWriter(0),
                (column, value) -> column.write(texts[value % texts.length]),
                (column, other) -> column.write(other),
                Columns.StringWriter::finish);
    }

    @Test
    void ascendingNumbersAreAsManyNumbers() {
        Seeds.each(200, random -> {
            Columns.DiffWriter atOnce = new Columns.DiffWriter(0);
            Columns.DiffWriter oneByOne = new Columns.DiffWriter(0);
            int next = 0;
            for (int i = 0; i < 5; i++) {
                int count = random.nextInt(4);
                atOnce.writeAscending(next, count);
                for (int j = 0; j < count; j++) {
                    oneByOne.write(next++);
                }
                next += random.nextInt(2);
            }
            assertThat(bytes(atOnce.finish())).isEqualTo(bytes(oneByOne.finish()));
        });
    }

    private static <W> void seams(
            Supplier<W> empty,
            BiConsumer<W, Integer> write,
            BiConsumer<W, W> join,
            Function<W, Columns.Column> finish) {
        Seeds.each(3000, random -> {
            W atOnce = empty.get();
            W joined = empty.get();
            int parts = random.nextInt(5);
            for (int part = 0; part < parts; part++) {
                W some = empty.get();
                int length = random.nextInt(8) == 0 ? 300 : random.nextInt(4);
                int[] values = values(random, length);
                for (int value : values) {
                    write.accept(some, value);
                    write.accept(atOnce, value);
                }
                if (some instanceof Columns.StringWriter strings && !strings.isWhole()) {
                    for (int value : values) {
                        write.accept(joined, value);
                    }
                } else {
                    join.accept(joined, some);
                }
            }
            assertThat(bytes(finish.apply(joined))).isEqualTo(bytes(finish.apply(atOnce)));
        });
    }

    /// Few values and few differences, so that there are runs of both.
    private static int[] values(Random random, int length) {
        int[] values = new int[length];
        int value = random.nextInt(7);
        int difference = 0;
        for (int i = 0; i < length; i++) {
            if (random.nextInt(3) == 0) {
                difference = random.nextInt(3) - 1;
            }
            value = Math.floorMod(value + difference, 7);
            values[i] = value;
        }
        return values;
    }

    private static Bytes bytes(Columns.Column column) {
        ByteWriter out = new ByteWriter();
        column.writeTo(out);
        return out.toBytes();
    }
}
