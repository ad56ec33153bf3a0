package org.civicpress.realtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What docs/faults.md claims to be tested is.
final class FaultsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+Test)(?:\\.(\\w+))?`");

    @Test
    void everyFaultOfTheOriginalHasATestThatExists() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (var files = Files.walk(ROOT)) {
            for (Path file : files.filter(each -> each.toString().contains("/src/test/java/")
                            && each.getFileName().toString().endsWith("Test.java"))
                    .toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        var faults = Files.readAllLines(ROOT.resolve("docs/faults.md")).stream()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .toList();
        assertThat(faults).hasSize(18);
        for (String fault : faults) {
            var named = NAMED.matcher(fault);
            int tests = 0;
            while (named.find()) {
                tests++;
                assertThat(sources).as(fault).containsKey(named.group(1));
                if (named.group(2) != null) {
                    assertThat(sources.get(named.group(1))).as(fault).contains("void " + named.group(2) + "(");
                }
            }
            assertThat(tests).as(fault).isPositive();
        }
    }
}
