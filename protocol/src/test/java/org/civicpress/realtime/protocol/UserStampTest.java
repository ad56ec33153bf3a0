package org.civicpress.realtime.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.civicpress.realtime.crdt.Seeds;
import org.junit.jupiter.api.Test;

final class UserStampTest {
    private final UserStamp stamp = new UserStamp("7", "Petra Quill", "petra");

    @Test
    void anHonestStateIsTheVerySameText() {
        for (String state : new String[] {
            "{}",
            "null",
            "{\"user\":null}",
            "{ \"user\" : {\"name\":\"Petra Quill\",\"color\":\"#1a5fb4\"}, \"cursor\":null}",
            "{\"user\":{\"id\":7,\"name\":\"petra\"},\"cursor\":{\"user\":{\"name\":\"x\"}}}",
            "{\"user\":{\"name\":\"Petra\\u0020Quill\",\"id\":\"7\"}}"
        }) {
            assertThat(stamp.on(state)).isSameAs(state);
        }
    }

    @Test
    void anotherNameIsReplacedAndNothingElse() {
        assertThat(
                        stamp.on(
                                "{\"a\":[1,{\"user\":2}],\"user\":{\"color\":\"#fff\",\"name\":\"Mayor\",\"id\":1},\"c\":-1.5e3}"))
                .isEqualTo(
                        "{\"a\":[1,{\"user\":2}],\"user\":{\"color\":\"#fff\",\"name\":\"Petra Quill\",\"id\":\"7\"},\"c\":-1.5e3}");
        assertThat(stamp.on("{\"user\":{\"color\":\"#fff\"}}"))
                .isEqualTo("{\"user\":{\"color\":\"#fff\",\"name\":\"Petra Quill\"}}");
        assertThat(stamp.on("{\"user\":{}}")).isEqualTo("{\"user\":{\"name\":\"Petra Quill\"}}");
    }

    @Test
    void noWayOfWritingItHidesAName() {
        assertThat(stamp.on("{\"\\u0075ser\":{\"n\\u0061me\":\"Mayor\"}}"))
                .contains("Petra Quill")
                .doesNotContain("Mayor");
        assertThat(stamp.on("{\"user\":{\"name\":\"Mayor\",\"name\":\"petra\"},\"user\":{\"name\":\"Mayor\"}}"))
                .doesNotContain("Mayor");
        assertThat(stamp.on("{\"user\":{\"name\":{\"name\":\"Mayor\"}}}")).doesNotContain("Mayor");
        assertThat(stamp.on("{\"user\":\"Mayor\"}")).isEqualTo("{\"user\":{\"name\":\"Petra Quill\"}}");
        assertThat(stamp.on("[\"Mayor\"]")).isEqualTo("{}");
        assertThat(stamp.on("\"Mayor\"")).isEqualTo("{}");
        assertThat(stamp.on("not JSON")).isEqualTo("{}");
    }

    @Test
    void whateverComesStaysJsonAndIsStableAndNeverAnException() {
        String letters = "{}[]\":,\\u0 na1-.e\"user\"\"name\"";
        Seeds.each(20_000, random -> {
            StringBuilder text = new StringBuilder("{\"user\":{\"name\":\"Mayor\",\"id\":[1,{}]},\"x\":\"\\\\\\\"\"}");
            for (int i = random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(text.length());
                text.insert(at, letters.charAt(random.nextInt(letters.length())));
            }
            String stamped = stamp.on(text.toString());
            assertThat(JsonText.isJson(stamped)).as(text.toString()).isTrue();
            assertThat(stamp.on(stamped)).isEqualTo(stamped);
        });
    }
}
