package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The reference cases of CivicPress's own editor: Markdown, document, serialized form, Yjs update.
class GoldensTest {
    record Golden(String name, String markdown, JsonNode prosemirror, String serialized, String updateHex) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Golden> goldens() throws IOException {
        try (InputStream in = GoldensTest.class.getResourceAsStream("civic-goldens.json")) {
            JsonNode all = new ObjectMapper().readTree(Objects.requireNonNull(in));
            return StreamSupport.stream(all.get("cases").spliterator(), false)
                    .map(one -> new Golden(
                            one.get("name").asString(),
                            one.get("markdown").asString(),
                            one.get("prosemirror"),
                            one.get("serialized").asString(),
                            one.get("yjsUpdateV1Hex").asString()))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isParsedAsTheReferenceParsesIt(Golden golden) {
        assertThat(CivicMarkdown.parse(golden.markdown).tree()).isEqualTo(ProseMirror.tree(golden.prosemirror));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isWrittenAsTheReferenceWritesIt(Golden golden) {
        assertThat(CivicMarkdown.write(ProseMirror.tree(golden.prosemirror)))
                .isEqualTo(new Written.Faithful(golden.serialized));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isSeededByteForByteAsTheReferenceSeedsIt(Golden golden) {
        assertThat(CivicSeed.of(CivicMarkdown.parse(golden.markdown).tree(), 1).toHex())
                .isEqualTo(golden.updateHex);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void isReadFromItsUpdate(Golden golden) {
        Doc doc = new Doc();
        doc.apply(Bytes.ofHex(golden.updateHex), null);
        assertThat(CivicDocument.read(doc)).isEqualTo(ProseMirror.tree(golden.prosemirror));
    }
}
