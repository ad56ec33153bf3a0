package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

class YXmlTest {
    private final Doc doc = new Doc(1);
    private final YXmlFragment xml = doc.xmlFragment("xml");

    private static YXmlElement element(String name, YType... children) {
        YXmlElement element = new YXmlElement(name);
        element.insert(0, List.of(children));
        return element;
    }

    private static List<String> names(Iterable<YType> nodes) {
        List<String> names = new ArrayList<>();
        for (YType node : nodes) {
            names.add(
                    switch (node) {
                        case YXmlElement element -> element.nodeName();
                        case YXmlHook hook -> hook.hookName();
                        default -> node.toString();
                    });
        }
        return names;
    }

    // ---- edits

    @Test
    void nodesThatArePutBehindOthersAreTheBytesOfYjs() {
        YXmlElement a = element("a");
        xml.insertAfter(null, List.of(a, element("b")));
        xml.insertAfter(a, List.of(element("c"), new YXmlText("t")));
        xml.unshift(List.of(element("first")));
        xml.delete(1, 1);
        assertThat(xml.toString()).isEqualTo("<first></first><c></c>t<b></b>");
        assertThat(doc.state())
                .isEqualTo(Vectors.base64("AQYBAAEBA3htbAGHAQADAWLHAQABAQMBY8cBAgEBBgQAAQMBdEcBAAMFZmlyc3QBAQEAAQ=="));
    }

    @Test
    void nodesArePutOnlyBehindAChild() {
        YXmlElement child = element("p", element("b"));
        xml.push(List.of(child));
        YType grandchild = child.firstChild().orElseThrow();
        Bytes before = doc.state();
        assertThatThrownBy(() -> xml.insertAfter(grandchild, List.of(element("i"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> xml.insertAfter(element("elsewhere"), List.of(element("i"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(doc.state()).isEqualTo(before);
    }

    @Test
    void nodesArePutBehindOthersBeforeTheyAreInADocument() {
        YXmlElement a = element("a");
        YXmlElement parent = element("p", a, element("b"));
        parent.insertAfter(a, List.of(element("c")));
        parent.insertAfter(null, List.of(element("d")));
        assertThat(names(parent.children())).containsExactly("d", "a", "c", "b");
        assertThatThrownBy(() -> parent.insertAfter(element("x"), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(names(parent.slice(1, -1))).containsExactly("a", "c");
        assertThat(parent.firstChild()).isEqualTo(parent.get(0));
    }

    // ---- children

    @Test
    void childrenAreReadByPositionAndFromNeighbourToNeighbour() {
        YXmlElement a = element("a");
        YXmlText text = new YXmlText("t");
        YXmlHook hook = new YXmlHook("h");
        xml.insert(0, List.of(element("gone"), a, text, element("gone"), hook));
        xml.delete(3, 1);
        xml.delete(0, 1);
        assertThat(xml.get(0)).containsSame(a);
        assertThat(xml.get(2)).containsSame(hook);
        assertThatThrownBy(() -> xml.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(xml.firstChild()).containsSame(a);
        assertThat(a.previousSibling()).isEmpty();
        assertThat(a.nextSibling()).containsSame(text);
        assertThat(text.nextSibling()).containsSame(hook);
        assertThat(text.previousSibling()).containsSame(a);
        assertThat(hook.previousSibling()).containsSame(text);
        assertThat(hook.nextSibling()).isEmpty();
        assertThat(xml.slice(-2, 9)).containsExactly(text, hook);
        assertThat(element("alone").nextSibling()).isEmpty();
        assertThat(a.parent()).containsSame(xml);
    }

    @Test
    void whatIsNoNodeIsNotGivenAsOne() {
        Doc other = new Doc(2);
        other.array("xml").push(Any.of(1));
        other.array("xml").push(element("p"));
        doc.apply(other.state());
        assertThat(xml.length()).isEqualTo(2);
        assertThat(xml.get(0)).isEmpty();
        assertThat(names(xml.slice(0, 2))).containsExactly("p");
        assertThat(xml.firstChild()).isEqualTo(xml.get(1));
    }

    @Test
    void aTreeShowsWhatItWasWhenASnapshotWasTaken() {
        Doc keeping = new Doc(1, false);
        YXmlElement a = element("a");
        a.setAttribute("k", Any.of("old"));
        keeping.xmlFragment("xml").push(List.of(a));
        Snapshot before = Snapshot.of(keeping);
        a.setAttribute("k", Any.of("new"));
        keeping.xmlFragment("xml").push(List.of(element("b")));
        assertThat(keeping.xmlFragment("xml").children(before)).containsExactly(a);
        assertThat(a.attributes(before)).isEqualTo(Map.of("k", Any.of("old")));
        keeping.xmlFragment("xml").delete(0, 1);
        assertThat(keeping.xmlFragment("xml").children(before)).containsExactly(a);
    }

    // ---- attributes

    @Test
    void anAttributeIsThereOrNot() {
        YXmlElement p = element("p");
        p.setAttribute("early", Any.of(1));
        assertThat(p.hasAttribute("early")).isTrue();
        xml.append(p);
        p.setAttribute("late", Any.of("x"));
        p.removeAttribute("early");
        assertThat(p.hasAttribute("early")).isFalse();
        assertThat(p.hasAttribute("late")).isTrue();
        assertThat(p.attribute("late")).contains(Any.of("x"));
        assertThat(p.attribute("early")).isEmpty();
        p.setAttribute("type", YValue.of(new YText("t")));
        assertThat(p.hasAttribute("type")).isTrue();
        assertThat(p.attribute("type")).isEmpty();
        assertThat(p.attributes().keySet()).containsExactly("late");
    }

    // ---- descendants

    @Test
    void allNodesBelowComeInTheOrderOfTheDocument() {
        xml.push(List.of(
                element("1", element("2"), element("3", new YXmlText("4"))),
                new YXmlHook("5"),
                element("6"),
                element("7")));
        ((YXmlElement) xml.get(0).orElseThrow()).delete(0, 1);
        xml.delete(2, 1);
        assertThat(names(xml.descendants().toList())).containsExactly("1", "3", "4", "5", "7");
        YXmlElement first = (YXmlElement) xml.get(0).orElseThrow();
        assertThat(names(first.descendants().toList())).containsExactly("3", "4");
        assertThat(element("alone", element("child")).descendants()).isEmpty();
    }

    @Test
    void elementsAreFoundByNameWhateverTheirCapitalLetters() {
        xml.push(List.of(element("div", element("P"), element("ul", element("p"))), element("span")));
        assertThat(xml.querySelector("p"))
                .hasValueSatisfying(p -> assertThat(p.nodeName()).isEqualTo("P"));
        assertThat(xml.querySelectorAll("P")).hasSize(2);
        assertThat(xml.querySelector("h1")).isEmpty();
    }

    @Test
    void theWalkGoesOnWhileTheTreeIsEditedUntilItsNodeIsCollected() {
        xml.push(List.of(element("a"), element("b"), element("c")));
        Iterator<YType> walk = xml.descendants().iterator();
        assertThat(names(List.of(walk.next()))).containsExactly("a");
        xml.delete(1, 1);
        xml.push(List.of(element("d")));
        assertThat(names(List.of(walk.next(), walk.next()))).containsExactly("c", "d");
        xml.delete(0, 3);
        assertThatThrownBy(walk::hasNext).isInstanceOf(ConcurrentModificationException.class);
    }

    @Test
    void theWalkIsTheRecursiveOne() {
        Seeds.each(200, random -> {
            Doc grown = new Doc(1);
            YXmlFragment root = grown.xmlFragment("xml");
            grow(root, random, 0);
            List<YType> expected = new ArrayList<>();
            collect(root, expected);
            assertThat(root.descendants()).containsExactlyElementsOf(expected);
        });
    }

    private static void grow(YXmlFragment parent, Random random, int depth) {
        for (int i = random.nextInt(4); i > 0 && depth < 5; i--) {
            YXmlElement child = element("e");
            parent.insert(random.nextInt(parent.length() + 1), List.of(child));
            grow(child, random, depth + 1);
        }
        if (parent.length() > 0 && random.nextBoolean()) {
            parent.delete(random.nextInt(parent.length()), 1);
        }
    }

    private static void collect(YXmlFragment parent, List<YType> found) {
        for (YType child : parent.children()) {
            found.add(child);
            collect((YXmlFragment) child, found);
        }
    }

    @Test
    void theWalkGoesToAnyDepth() {
        int depth = 100_000;
        ByteWriter out = new ByteWriter();
        out.varUint(1).varUint(depth).varUint(7).varUint(0);
        out.uint8(7).varUint(1).varString("xml").varUint(3).varString("p");
        for (int clock = 1; clock < depth; clock++) {
            out.uint8(7).varUint(0).varUint(7).varUint(clock - 1).varUint(3).varString("p");
        }
        doc.apply(out.varUint(0).toBytes());
        assertThat(xml.descendants().count()).isEqualTo(depth);
        YXmlFragment copy = xml.copy();
        assertThat(copy.children()).hasSize(1);
    }
}
