package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @CsvSource({
        "1e21, 1e+21",
        "1e-7, 1e-7",
        "123456789012345680000, 123456789012345680000",
        "0.000001, 0.000001",
        "5e-324, 5e-324",
        "1e-323, 1e-323",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "-0, 0",
        "0.1, 0.1",
        "-1.5, -1.5",
        "100, 100",
        "4294967296, 4294967296",
        "1234567.25, 1234567.25",
        "0.00001234, 0.00001234",
        "1.25e-9, 1.25e-9",
        "2e-3, 0.002",
        "2e23, 2e+23",
        "9007199254740993, 9007199254740992",
        "1e999, null",
        "-2147483648, -2147483648"
    })
    void numbersArePrintedAsInJavaScript(String text, String printed) {
        assertThat(Json.stringify(Json.parse(text))).isEqualTo(printed);
    }

    @Test
    void everyNumberIsReadBackAsItself() {
        Seeds.each(5_000, random -> {
            double number = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                assertThat(Json.parse(Json.stringify(Any.of(number)))).isEqualTo(Any.of(number));
            }
        });
    }

    @Test
    void stringsAreEscapedAsInJavaScript() {
        String text = "\0\b\t\n\f\r\u001f\"\\/\u007f\u2028é😀\ud800x\udc00";
        String json = "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\u007f\u2028é😀\\ud800x\\udc00\"";
        assertThat(Json.stringify(Any.of(text))).isEqualTo(json);
        assertThat(Json.parse(json)).isEqualTo(Any.of(text));
        assertThat(Json.parse("\"\\u00E9\\/\"")).isEqualTo(Any.of("é/"));
    }

    @Test
    void whatJsonCannotSayGoesAsInJavaScript() {
        Any undefinedInside = Any.list(Any.UNDEFINED, Any.obj(Map.of("a", Any.UNDEFINED)), Any.of(Double.NaN));
        assertThat(Json.stringify(undefinedInside)).isEqualTo("[null,{},null]");
        assertThat(Json.stringify(Any.of(Bytes.ofHex("07ff")))).isEqualTo("{\"0\":7,\"1\":255}");
        assertThatThrownBy(() -> Json.stringify(Any.UNDEFINED)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.stringify(Any.list(Any.bigInt(1)))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keysKeepTheirOrderAndARepeatedOneItsFirstPlace() {
        assertThat(Json.stringify(Json.parse(" { \"b\" : 1 , \"2\" : [ ] , \"a\" : { } , \"1\" : null , \"b\" : 5 } ")))
                .isEqualTo("{\"1\":null,\"2\":[],\"b\":5,\"a\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "tru",
                "nul",
                "01",
                "1.",
                ".5",
                "+1",
                "-",
                "1e",
                "[1,]",
                "[,]",
                "{\"a\":1,}",
                "{a:1}",
                "[1 2]",
                "\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "1 1",
                "'a'",
                "{\"a\"}",
                "[",
                "{",
                "NaN",
                "undefined",
                "\u00a01"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(MalformedBytesException.class);
    }

    @Test
    void nestingIsBounded() {
        String deep = "[".repeat(Any.MAX_DEPTH) + "]".repeat(Any.MAX_DEPTH);
        assertThat(Json.stringify(Json.parse(deep))).isEqualTo(deep);
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000)))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("too deep");
        assertThatThrownBy(() -> Json.stringify(Any.list(List.of(Json.parse(deep)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsPrintedIsReadBackAndPrintedTheSame() {
        Seeds.each(1_000, random -> {
            Any value = AnyCodecTest.randomAny(random, 4);
            String json;
            try {
                json = Json.stringify(value);
            } catch (IllegalArgumentException e) {
                return; // undefined or a big integer
            }
            assertThat(Json.stringify(Json.parse(json))).isEqualTo(json);
        });
    }
}
