package org.civicpress.realtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class JsonTextTest {
    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(tools.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "[]",
                " {\"a\" : [1, -0.5e+3, true, false, null, \"\\u00e9\\n\"]} ",
                "\"\"",
                "0",
                "\"\ud83d\""
            })
    void thisIsJson(String text) {
        assertThat(JsonText.isJson(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{a:1}",
                "[1,]",
                "{\"a\":1,}",
                "01",
                "1.",
                ".5",
                "+1",
                "NaN",
                "'a'",
                "\"\n\"",
                "\"\\x\"",
                "\"\\u00g0\"",
                "nul",
                "null null",
                "undefined",
                "\u0000"
            })
    void thisIsNot(String text) {
        assertThat(JsonText.isJson(text)).isFalse();
    }

    @Test
    void itAgreesWithAParserOnAnything() {
        String[] parts = {"{", "}", "[", "]", ",", ":", "\"a\"", "1", "-", "0", ".5", "e1", "true", "null", " ", "\\"};
        Seeds.each(20_000, random -> {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(9); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(JsonText.isJson(text.toString())).as(text.toString()).isEqualTo(parses(text.toString()));
        });
    }

    private static boolean parses(String text) {
        try {
            return !text.isBlank() && JACKSON.readTree(text) != null;
        } catch (JacksonException e) {
            return false;
        }
    }
}
