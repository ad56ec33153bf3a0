package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The tools, which pass what they need not decode, beside their slow twin that decodes everything.
class UpdateToolsTest {
    @Test
    void whatADocumentRefusesEveryToolRefusesAndNothingElse() {
        Seeds.each(3_000, random -> {
            UpdateFormat format = random.nextBoolean() ? UpdateFormat.V1 : UpdateFormat.V2;
            UpdateFormat other = format == UpdateFormat.V1 ? UpdateFormat.V2 : UpdateFormat.V1;
            Bytes altered = altered(random, edited(random).state(format));
            DecodedUpdate decoded = decoded(altered, format);
            Bytes same = tried(() -> Updates.convert(altered, format, format));
            if (decoded == null) {
                assertThat(same).isNull();
            } else if (hasNoEmptyBlock(decoded)) {
                assertThat(same).isEqualTo(UpdateWriter.write(decoded, format));
            }
            boolean refused = decoded == null;
            assertThat(tried(() -> Updates.convert(altered, format, other)) == null)
                    .isEqualTo(refused);
            assertThat(tried(() -> Updates.stateVectorOf(altered, format)) == null)
                    .isEqualTo(refused);
            assertThat(tried(() -> Updates.diff(altered, Bytes.ofHex("010105"), format)) == null)
                    .isEqualTo(refused);
            assertThat(tried(() -> Updates.merge(List.of(altered, altered), format)) == null)
                    .isEqualTo(refused);
            assertThat(tried(() -> {
                                Updates.meta(altered, format);
                                return Bytes.EMPTY;
                            })
                            == null)
                    .isEqualTo(refused);
        });
    }

    private static boolean hasNoEmptyBlock(DecodedUpdate update) {
        for (int block = 0; block < update.blocks; block++) {
            if (update.begin(block) == update.end(block)
                    || (block > 0 && update.blockClient[block] == update.blockClient[block - 1])) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable DecodedUpdate decoded(Bytes update, UpdateFormat format) {
        try {
            return UpdateReader.read(update, format);
        } catch (MalformedBytesException e) {
            return null;
        }
    }

    private static @Nullable Bytes tried(java.util.function.Supplier<Bytes> tool) {
        try {
            return tool.get();
        } catch (MalformedBytesException e) {
            return null;
        }
    }

    private static Bytes altered(Random random, Bytes original) {
        byte[] bytes = original.toArray();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return random.nextInt(10) == 0 ? Bytes.wrap(bytes, 0, random.nextInt(bytes.length)) : Bytes.wrap(bytes);
    }

    /// A small document with some of everything.
    private static Doc edited(Random random) {
        Doc doc = new Doc(1 + random.nextInt(3));
        Doc other = new Doc(10 + random.nextInt(300));
        for (Doc who : List.of(doc, other, doc)) {
            for (int i = 0; i < 6; i++) {
                edit(who, random);
            }
            other.apply(doc.stateSince(other.stateVector()), null);
            doc.apply(other.stateSince(doc.stateVector()), null);
        }
        return doc;
    }

    private static void edit(Doc who, Random random) {
        YText text = who.text("text");
        switch (random.nextInt(8)) {
            case 0, 1 -> text.insert(random.nextInt(text.length() + 1), "ab日é😀".substring(random.nextInt(3)));
            case 2 -> text.delete(0, Math.min(2, text.length()));
            case 3 -> text.format(0, Math.min(3, text.length()), Map.of("link", Any.obj(Map.of("href", Any.of("x")))));
            case 4 -> who.map("map").set("k" + random.nextInt(2), Any.of(random.nextDouble()));
            case 5 -> {
                var values = new ArrayList<YValue>();
                values.add(YValue.of(Any.list(Any.of(3), Any.NULL, Any.bigInt(7), Any.of(Bytes.ofHex("0102")))));
                values.add(YValue.of(Any.of(-0.0)));
                values.add(YValue.of(new YMap()));
                who.array("array").push(values);
            }
            default -> {
                YXmlElement element = new YXmlElement("heading");
                element.setAttribute("level", Any.of(2.0));
                who.xmlFragment("xml").append(element);
                if (who.xmlFragment("xml").length() > 2) {
                    who.xmlFragment("xml").delete(0, 1);
                }
            }
        }
    }
}
