package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The updates are those of npm Yjs.
class YTextTest {
    private final Doc doc = new Doc(1);
    private final YText text = doc.text("text");
    private final List<Bytes> updates = new ArrayList<>();

    @BeforeEach
    void listen() {
        doc.onUpdate((update, origin) -> updates.add(update));
    }

    @Test
    void marksGoInInTheOrderInWhichJavaScriptListsThem() {
        Map<String, Any> marks = new LinkedHashMap<>();
        marks.put("i", Any.TRUE);
        marks.put("7", Any.TRUE);
        text.insert(0, "ab", marks);

        assertThat(updates)
                .containsExactly(
                        update("AQUBAAYBBHRleHQBNwR0cnVlhgEAAWkEdHJ1ZYQBAQJhYoYBAwE3BG51bGyGAQQBaQRudWxsAA=="));
    }

    @Test
    void aPlaceBeyondTheEndIsBehindTheMarksThatEndThere() {
        text.insert(0, "ab", Map.of("i", Any.TRUE));
        text.insert(9, "c");
        text.delete(9, 1);

        assertThat(text.toDelta())
                .containsExactly(new Delta.Text("ab", Map.of("i", Any.TRUE)), new Delta.Text("c", Map.of()));
        assertThatThrownBy(() -> text.insert(-1, "d")).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void ofEmbeddedValuesThatAreNoObjectsAnEventTellsNothing() {
        List<List<Delta.Op>> deltas = new ArrayList<>();
        text.observe(event -> deltas.add(event.delta()));
        text.insertEmbed(0, Any.of(7), Map.of());
        text.insertEmbed(0, Any.TRUE, Map.of());
        text.insertEmbed(0, Any.list(Any.of(7)), Map.of());

        assertThat(deltas)
                .containsExactly(List.of(), List.of(), List.of(new Delta.Embed(Any.list(Any.of(7)), Map.of())));
    }

    @Test
    void theBytesOfAMarkAreAttributesOfItsTag() {
        YXmlText marked = new YXmlText();
        doc.xmlFragment("xml").append(marked);
        marked.insert(0, "a", Map.of("b", Any.of(Bytes.ofHex("0708"))));

        assertThat(marked.toString()).isEqualTo("<b 0=\"7\" 1=\"8\">a</b>");
    }

    @Test
    void bytesAreMarkedAlikeWhenTheyAreTheSame() {
        text.insert(0, "ab", Map.of("b", Any.of(Bytes.ofHex("07"))));
        updates.clear();
        text.format(0, 2, Map.of("b", Any.of(Bytes.ofHex("07"))));
        text.format(0, 2, Map.of("b", Any.list(Any.of(7))));

        assertThat(updates).isEmpty();
    }

    @Test
    void aMarkThatWaitsForItsTextLosesHalvesOfSurrogatePairs() {
        text.insert(0, "a");
        text.format(0, 1, Map.of("b", Any.of("\ud83d")));
        Doc other = new Doc(2);
        other.apply(updates.get(1), null);
        other.apply(updates.get(0), null);

        assertThat(other.text("text").toDelta()).containsExactly(new Delta.Text("a", Map.of("b", Any.of("\ufffd"))));
    }

    private static Bytes update(String base64) {
        return Bytes.wrap(Base64.getDecoder().decode(base64));
    }
}
