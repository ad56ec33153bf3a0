package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionIndexTest {
    private static final List<String> KEYS = List.of("bold", "italic", "link", "size");

    @Test
    void anIndexSaysWhatAWalkWouldSayWhateverIsEdited() {
        Seeds.each(40, random -> {
            Session session = new Session(random, KEYS);
            for (int step = 0; step < 120; step++) {
                session.step();
                session.compare(1);
            }
        });
    }

    @Test
    void anIndexOfSeveralLevelsSaysWhatAWalkWouldSay() {
        Seeds.each(2, random -> {
            Session session = new Session(random, KEYS);
            for (int step = 0; step < 6_000; step++) {
                session.step();
            }
            session.compare(7);
            session.text.delete(1, session.text.length() - 2);
            session.compare(1);
        });
    }

    @Test
    void moreKeysThanAnIndexCanTellApartAreFoundByWalking() {
        Seeds.each(3, random -> {
            List<String> many = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                many.add("key" + i);
            }
            Session session = new Session(random, many);
            for (int step = 0; step < 400; step++) {
                session.step();
            }
            session.compare(3);
        });
    }

    @Test
    void anArrayThatGrewLongIsReadAndPushedToAsBefore() {
        Doc doc = new Doc(1);
        YArray array = doc.array("a");
        List<YValue> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            YValue value = YValue.of(new YMap());
            int at = i * 7 % (i + 1);
            array.insert(at, List.of(value));
            expected.add(at, value);
        }
        YValue last = YValue.of(Any.of("last"));
        array.push(List.of(last));
        expected.add(last);
        assertThat(array.values()).isEqualTo(expected);
    }

    /// A text with an index that is edited here and elsewhere.
    private static final class Session {
        private final Random random;
        private final List<String> keys;
        private final Doc doc = new Doc(1);
        private final Doc peer = new Doc(2);
        final YText text = doc.text("text");
        private final UndoManager undo;

        Session(Random random, List<String> keys) {
            this.random = random;
            this.keys = keys;
            undo = UndoManager.of(text);
            text.positions();
        }

        void step() {
            if (random.nextInt(10) == 0) {
                peer.apply(doc.stateSince(peer.stateVector()), null);
                for (int i = random.nextInt(5); i >= 0; i--) {
                    edit(peer.text("text"));
                }
                doc.apply(peer.stateSince(doc.stateVector()), null);
            } else if (random.nextInt(12) == 0) {
                undo.undo();
            } else if (random.nextInt(12) == 0) {
                undo.redo();
            } else {
                edit(text);
            }
        }

        private void edit(YText of) {
            int at = random.nextInt(of.length() + 1);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> of.insert(at, "abcdef".substring(random.nextInt(6)));
                case 3 -> of.insert(at, "xy", marks());
                case 4 -> of.insertEmbed(at, Any.of(1), marks());
                case 5 -> of.delete(at, Math.min(random.nextInt(6), of.length() - at));
                default -> of.format(at, Math.min(random.nextInt(12), of.length() - at), marks());
            }
        }

        private Map<String, Any> marks() {
            Map<String, Any> marks = new LinkedHashMap<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Any value = random.nextInt(3) == 0 ? Any.NULL : Any.of(random.nextInt(2));
                marks.put(keys.get(random.nextInt(keys.size())), value);
            }
            return marks;
        }

        /// Asks about every n-th item.
        void compare(int every) {
            StructStore store = doc.store;
            PositionIndex index = text.positions();
            Map<String, Any> attributes = new LinkedHashMap<>();
            int units = 0;
            int count = 0;
            int last = NONE;
            for (int item = text.first; item != NONE; item = store.right(item)) {
                boolean asked = count++ % every == 0;
                if (asked) {
                    assertThat(index.unitsBefore(item)).isEqualTo(units);
                }
                if (store.isVisible(item)) {
                    for (int unit = 0; asked && unit < store.length(item); unit++) {
                        assertThat(index.find(units + unit)).isEqualTo(item);
                        assertThat(index.offset()).isEqualTo(unit);
                    }
                    units += store.length(item);
                }
                if (!store.isDeleted(item) && store.content(item) instanceof Content.Format format) {
                    TextAttributes.apply(attributes, format);
                }
                if (asked && index.knowsAttributes()) {
                    assertThat(List.copyOf(index.attributesBehind(item).entrySet()))
                            .isEqualTo(List.copyOf(attributes.entrySet()));
                }
                last = item;
            }
            assertThat(text.length()).isEqualTo(units);
            if (last != NONE) {
                assertThat(index.last()).isEqualTo(last);
            }
        }
    }
}
