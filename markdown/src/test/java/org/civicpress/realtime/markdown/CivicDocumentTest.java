package org.civicpress.realtime.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Seeds;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlHook;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

class CivicDocumentTest {
    private static final String[] NAMES = {
        "paragraph",
        "heading",
        "blockquote",
        "bullet_list",
        "ordered_list",
        "list_item",
        "code_block",
        "horizontal_rule",
        "table",
        "table_row",
        "table_header",
        "table_cell",
        "image",
        "hard_break",
        "civicRef",
        "bulletList",
        "script",
        ""
    };
    private static final String[] KEYS = {
        "level",
        "order",
        "params",
        "colspan",
        "align",
        "src",
        "alt",
        "title",
        "refType",
        "id",
        "label",
        "em",
        "strong",
        "code",
        "link",
        "link--aBcD12+/",
        "strike",
        "ychange",
        "comment--AAAAAAA="
    };

    @Test
    void aDocumentThatAnEditorMakesIsReadBack() {
        Seeds.each(300, random -> {
            Tree tree = Norm.of(new RandomTrees(random, random.nextBoolean()).tree());
            assertThat(CivicDocument.read(loaded(CivicSeed.of(tree, 7)))).isEqualTo(tree);
        });
    }

    @Test
    void anyDocumentIsReadWithoutFailAndWithoutChange() {
        Seeds.each(500, random -> {
            Doc doc = hostile(random);
            Bytes before = doc.state();
            List<Bytes> changes = new ArrayList<>();
            try (var subscription = doc.onUpdate((update, origin) -> changes.add(update))) {
                assertThat(CivicMarkdown.write(CivicDocument.read(doc))).isNotNull();
            }
            assertThat(changes).isEmpty();
            assertThat(doc.state()).isEqualTo(before);
        });
    }

    @Test
    void noTextOfAnyDocumentIsLost() {
        Seeds.each(500, random -> {
            Doc doc = hostile(random);
            assertThat(wordsIn(CivicDocument.read(doc).toString()))
                    .containsAll(wordsIn(doc.xmlFragment("default").toString()));
        });
    }

    @Test
    void aTowerOfElementsDoesNotExhaustTheStack() {
        Doc doc = new Doc(1);
        YXmlFragment inner = doc.xmlFragment("default");
        for (int i = 0; i < 5_000; i++) {
            YXmlElement next = new YXmlElement(i % 2 == 0 ? "blockquote" : "list_item");
            inner.append(next);
            inner = next;
        }
        inner.append(new YXmlText("deep down"));
        Tree tree = CivicDocument.read(doc);
        assertThat(tree.toString()).contains("deep down");
        assertThat(CivicMarkdown.write(tree)).isInstanceOf(Written.Unfaithful.class);
    }

    @Test
    void neighbouringTextsAreOneRun() {
        Doc doc = new Doc(1);
        YXmlElement paragraph = new YXmlElement("paragraph");
        paragraph.insert(0, List.of(new YXmlText("by"), new YXmlText("law")));
        doc.xmlFragment("default").append(paragraph);
        assertThat(CivicMarkdown.write(CivicDocument.read(doc))).isEqualTo(new Written.Faithful("bylaw"));
    }

    @Test
    void numbersThatAreNotNumbersAreLeftOut() {
        Doc doc = new Doc(1);
        YXmlElement heading = new YXmlElement("heading");
        heading.setAttribute("level", Any.bigInt(3));
        heading.append(new YXmlText("Title"));
        doc.xmlFragment("default").append(heading);
        assertThat(CivicDocument.read(doc).blocks())
                .containsExactly(new Block.Heading(1, List.of(new Inline.Text("Title"))));
    }

    @Test
    void aDocumentNobodyHasSeededIsEmpty() {
        assertThat(CivicMarkdown.write(CivicDocument.read(new Doc(1)))).isEqualTo(new Written.Faithful(""));
    }

    static Doc loaded(Bytes update) {
        Doc doc = new Doc();
        doc.apply(update, null);
        return doc;
    }

    private static List<String> wordsIn(String text) {
        return List.of(text.replaceAll("<[^>]*>", " ").split("[^w0-9]+")).stream()
                .filter(word -> word.matches("w[0-9]+w"))
                .toList();
    }

    private static Doc hostile(Random random) {
        Doc doc = new Doc(1 + random.nextInt(1000));
        doc.transact(() -> fill(doc.xmlFragment("default"), random, 0), null);
        for (int i = random.nextInt(3); i > 0; i--) {
            YXmlFragment fragment = doc.xmlFragment("default");
            if (fragment.length() > 0) {
                fragment.delete(random.nextInt(fragment.length()), 1);
            }
        }
        return doc;
    }

    private static void fill(YXmlFragment parent, Random random, int depth) {
        for (int i = random.nextInt(depth > 5 ? 2 : 5); i > 0; i--) {
            YType child = switch (random.nextInt(14)) {
                case 0, 1, 2 -> new YXmlText();
                case 3 -> new YXmlHook("hook");
                case 4 -> random.nextBoolean() ? new YMap() : new YArray();
                case 5 -> random.nextBoolean() ? new YText() : new YXmlFragment();
                default -> new YXmlElement(NAMES[random.nextInt(NAMES.length)]);
            };
            parent.append(child);
            switch (child) {
                case YText text -> fill(text, random);
                case YXmlElement element -> {
                    attributes(random).forEach(element::setAttribute);
                    fill(element, random, depth + 1);
                }
                case YXmlFragment fragment -> fill(fragment, random, depth + 1);
                default -> {}
            }
        }
    }

    private static void fill(YText text, Random random) {
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = text.length();
            switch (random.nextInt(8)) {
                case 0 -> text.insertEmbed(at, value(random, 0, true), marks(random));
                case 1 -> text.insertType(at, new YXmlElement("paragraph"), marks(random));
                default -> text.insert(at, " w" + random.nextInt(1_000_000) + "w ", marks(random));
            }
        }
    }

    private static Map<String, Any> attributes(Random random) {
        return some(random, false);
    }

    private static Map<String, Any> marks(Random random) {
        return some(random, true);
    }

    private static Map<String, Any> some(Random random, boolean json) {
        Map<String, Any> attributes = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            attributes.put(KEYS[random.nextInt(KEYS.length)], value(random, 0, json));
        }
        return attributes;
    }

    /// `json`: marks and embedded values travel as JSON text, which has no big integers.
    private static Any value(Random random, int depth, boolean json) {
        return switch (random.nextInt(depth > 2 ? 8 : 10)) {
            case 0 -> Any.NULL;
            case 1 -> json ? Any.NULL : Any.UNDEFINED;
            case 2 -> Any.of(random.nextBoolean());
            case 3 -> Any.of(random.nextDouble() * 10);
            case 4 -> Any.of(random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY);
            case 5 -> json ? Any.NULL : Any.bigInt(random.nextLong());
            case 6 -> Any.of("left");
            case 7 -> json ? Any.TRUE : Any.of(Bytes.ofHex("00ff"));
            case 8 -> Any.list(value(random, depth + 1, json));
            default -> Any.obj(Map.of("href", value(random, depth + 1, json), "title", value(random, depth + 1, json)));
        };
    }
}
