package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.civicpress.realtime.conformance.fuzz.FuzzTarget;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What the fuzzer has found, tried again: inputs of all kinds (`corpus`), and those that once broke something,
/// each named for what it is (`crashers`). See `conformance/README.md`.
class FuzzCorpusTest {
    @TestFactory
    Stream<DynamicTest> everyInputOfTheCorpusIsTakenOrRefused() {
        return Arrays.stream(FuzzTarget.values())
                .map(target -> DynamicTest.dynamicTest(target.folder(), () -> {
                    List<Path> inputs = inputs("corpus", target);
                    assertThat(inputs).isNotEmpty();
                    for (Path input : inputs) {
                        check(target, input);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatOnceBrokeSomethingDoesSoNoMore() {
        return Arrays.stream(FuzzTarget.values())
                .flatMap(target -> inputs("crashers", target).stream()
                        .map(input -> DynamicTest.dynamicTest(
                                target.folder() + "/" + input.getFileName(), () -> check(target, input))));
    }

    private static void check(FuzzTarget target, Path input) throws IOException {
        try {
            target.check(Bytes.wrap(Files.readAllBytes(input)));
        } catch (RuntimeException | Error failure) {
            throw new AssertionError(input + ": " + failure, failure);
        }
    }

    private static List<Path> inputs(String kind, FuzzTarget target) {
        Path folder = Path.of(kind, target.folder());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
