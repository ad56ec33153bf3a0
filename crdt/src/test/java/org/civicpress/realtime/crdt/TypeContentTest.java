package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

/// Whole types: as plain values, and as copies. Bytes and JSON are those of npm Yjs.
class TypeContentTest {
    private static final int DEEP = 100_000;

    /// A map with an array, another map, XML with marks and attributes, and a text with an embedded value.
    private static final String ORIGINAL =
            "ARYBACcBA21hcARsaXN0AAgAAQACfQF3AWGDAQICAf+IAQMBdgEBa3UBeIcBBAEoAAEFAWIBfQEoAAEFAjEwAXcBeCgAAQUBMgF+JwEDbWFwA3ht"
                    + "bAQHAAEJAwFQBwABCgYEAAELAmhphgENAWIEdHJ1ZYQBDgEhhgEPAWIEbnVsbCgAAQsEbG9zdAF9AYcBCwMCYnIoAAEKAXoBdwExKAAB"
                    + "CgE3AX0CJwEDbWFwBHRleHQCBAABFQNvbmWFARgNeyJpbWFnZSI6ImkifQA=";

    /// What client 2 adds with a copy of that map under another root.
    private static final String COPY =
            "ARYCACcBBmNvcGllcwFtAScAAgAEbGlzdAAIAAIBAn0BdwFhgwIDAgH/iAIEAXYBAWt1AXiHAgUBKAACBgFiAX0BKAACBgIxMAF3AXgoA"
                    + "AIGATIBficAAgADeG1sBAcAAgoDAVAHAAILBgQAAgwCaGmGAg4BYgR0cnVlhAIPASGGAhABYgRudWxshwIMAwJicigAAgsBNwF9AigAAg"
                    + "sBegF3ATEnAAIABHRleHQCBAACFQNvbmWFAhgNeyJpbWFnZSI6ImkifQA=";

    private static Bytes bytes(String base64) {
        return Vectors.base64(base64);
    }

    private static Doc original() {
        Doc doc = new Doc(2);
        doc.map("map");
        doc.apply(bytes(ORIGINAL));
        return doc;
    }

    // ---- as plain values

    @Test
    void aDocumentIsTheValueThatYjsMakesOfIt() {
        assertThat(Json.stringify(original().toJson()))
                .isEqualTo(
                        "{\"map\":{\"list\":[1,\"a\",{\"0\":1,\"1\":255},{\"k\":[true]},{\"2\":null,\"10\":\"x\",\"b\":1}],"
                                + "\"xml\":\"<p 7=\\\"2\\\" z=\\\"1\\\">hi<b>!</b><br></br></p>\",\"text\":\"one\"}}");
    }

    @Test
    void aDocumentInADocumentIsTheObjectOfItsRoots() {
        Doc doc = new Doc(1);
        Doc inner = new Doc(2);
        doc.array("array").push(List.of(YValue.of(inner)));
        inner.text("text").insert(0, "inside");
        assertThat(doc.array("array").toJson()).isEqualTo(Any.list(Any.obj(Map.of("text", Any.of("inside")))));
    }

    @Test
    void whatIsInNoDocumentYetIsNoValue() {
        assertThatThrownBy(() -> YArray.of(Any.of(1)).toJson()).isInstanceOf(IllegalStateException.class);
    }

    // ---- as copies

    @Test
    void aCopyIsTheBytesThatYjsMakesOfIt() {
        Doc doc = original();
        Bytes before = doc.stateVector();
        doc.map("copies").set("m", doc.map("map").copy());
        assertThat(doc.stateSince(before)).isEqualTo(bytes(COPY));
    }

    @Test
    void aCopyGoesIntoAnotherDocumentAndLeavesTheOriginalAlone() {
        Doc doc = original();
        Doc other = new Doc(3);
        YMap copy = doc.map("map").copy();
        other.map("map").set("copy", copy);
        copy.type("text", YText.class).orElseThrow().insert(0, "another ");
        assertThat(doc.map("map").type("text", YText.class).orElseThrow().toString())
                .isEqualTo("one");
        assertThat(other.toJson().toString()).contains("another one");
        assertThat(doc.state()).isEqualTo(bytes(ORIGINAL));
    }

    @Test
    void typesThatStandInTextsHooksAndAttributesAreCopiedToo() {
        Doc doc = new Doc(1);
        YText text = doc.text("text");
        text.insert(0, "ab");
        text.insertType(1, new YText("inner"), Map.of("b", Any.TRUE));
        YXmlHook hook = new YXmlHook("hook");
        hook.set("list", YArray.of(Any.of(1)));
        YXmlElement element = new YXmlElement("p");
        element.setAttribute("type", YValue.of(new YText("attribute")));
        doc.xmlFragment("xml").insert(0, List.of(hook, element));

        Doc other = new Doc(2);
        YText copiedText = text.copy();
        other.array("array").push(copiedText);
        Delta.Insert inner = copiedText.toDelta().get(1);
        assertThat(inner).isInstanceOf(Delta.Type.class);
        assertThat(((Delta.Type) inner).type().toString()).isEqualTo("inner");
        assertThat(inner.attributes()).isEqualTo(Map.of("b", Any.TRUE));

        YXmlFragment copied = doc.xmlFragment("xml").copy();
        other.array("array").push(copied);
        assertThat(((YXmlHook) copied.get(0).orElseThrow())
                        .type("list")
                        .orElseThrow()
                        .toJson())
                .isEqualTo(Any.list(Any.of(1)));
        assertThat(((YXmlElement) copied.get(1).orElseThrow()).attributeValue("type"))
                .hasValueSatisfying(value ->
                        assertThat(((YValue.Nested) value).type().toString()).isEqualTo("attribute"));
    }

    @Test
    void aCopyHasANewInstanceOfADocumentThatStandsThere() {
        Doc doc = new Doc(1);
        Doc inner = new Doc(Doc.Options.DEFAULTS.withGuid("inner").withAutoLoad(true));
        doc.map("map").set("doc", inner);
        YMap copy = doc.map("map").copy();
        doc.array("array").push(copy);
        Doc copied = copy.subDoc("doc").orElseThrow();
        assertThat(copied).isNotSameAs(inner);
        assertThat(copied.guid()).isEqualTo("inner");
        assertThat(copied.autoLoad()).isTrue();
    }

    @Test
    void whatIsInNoDocumentYetAndRootsOfUnknownKindCannotBeCopied() {
        assertThatThrownBy(() -> new YText("a").copy()).isInstanceOf(IllegalStateException.class);
        Doc doc = new Doc(2);
        doc.apply(bytes(ORIGINAL));
        YType unknown = doc.find("map").orElseThrow();
        assertThatThrownBy(unknown::copy).isInstanceOf(IllegalStateException.class);
    }

    // ---- to any depth

    private static Doc deepArrays() {
        ByteWriter out = new ByteWriter();
        out.varUint(1).varUint(DEEP).varUint(7).varUint(0);
        out.uint8(7).varUint(1).varString("array").varUint(0);
        for (int clock = 1; clock < DEEP; clock++) {
            out.uint8(7).varUint(0).varUint(7).varUint(clock - 1).varUint(0);
        }
        Doc doc = new Doc(1);
        doc.array("array");
        doc.apply(out.varUint(0).toBytes());
        return doc;
    }

    @Test
    void typesAreValuesAndCopiesToAnyDepth() {
        Doc doc = deepArrays();
        int depth = 0;
        for (Any at = doc.array("array").toJson(); !((Any.Arr) at).values().isEmpty(); depth++) {
            at = ((Any.Arr) at).values().getFirst();
        }
        assertThat(depth).isEqualTo(DEEP);

        YArray copy = doc.array("array").copy();
        depth = 0;
        for (YArray at = copy; at.length() > 0; depth++) {
            at = (YArray) ((YValue.Nested) at.get(0)).type();
        }
        assertThat(depth).isEqualTo(DEEP);
    }

    @Test
    void whatIsTooDeepToBePutInAtOnceIsRefusedAndThenNothingHasChanged() {
        Doc doc = deepArrays();
        YArray copy = doc.array("array").copy();
        Doc other = new Doc(2);
        assertThatThrownBy(() -> other.array("array").push(copy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("160");
        assertThat(other.state()).isEqualTo(new Doc(2).state());
    }

    @Test
    void theGreatestDepthThatIsAllowedAtOnceFitsIntoAStackSmallerThanUsual() throws InterruptedException {
        for (YType innermost : List.of(new YText(), new YArray(), new YXmlElement("p"))) {
            YType outermost = innermost;
            for (int depth = 1; depth < Preliminary.MAX_DEPTH; depth++) {
                outermost = around(outermost);
            }
            Doc doc = new Doc(1);
            YType type = outermost;
            Map<String, Throwable> failures = new LinkedHashMap<>();
            Thread thread = new Thread(null, () -> doc.map("map").set("deep", type), "small", 640 * 1024);
            thread.setUncaughtExceptionHandler((where, failure) -> failures.put(where.getName(), failure));
            thread.start();
            thread.join();
            assertThat(failures).isEmpty();
            assertThat(innermost.isIntegrated()).isTrue();
        }
    }

    private static YType around(YType inner) {
        return switch (inner) {
            case YText _ -> {
                YText text = new YText("a");
                text.insertType(1, inner, Map.of("b", Any.TRUE));
                yield text;
            }
            case YXmlFragment _ -> {
                YXmlElement element = new YXmlElement("p");
                element.append(inner);
                yield element;
            }
            default -> {
                YArray array = YArray.of(Any.of(1));
                array.push(inner);
                yield array;
            }
        };
    }
}
