package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

class DocTest {
    private final Doc ada = new Doc(1);
    private final Doc bob = new Doc(2);

    @Test
    void editsOfOneTransactionLeaveAsOneUpdateWithItsOrigin() {
        List<Object> origins = new ArrayList<>();
        ada.onUpdate((update, origin) -> {
            origins.add(origin);
            bob.apply(update, null);
        });
        ada.transact(
                () -> {
                    ada.text("text").insert(0, "bylaw");
                    ada.map("map").set("status", Any.of("draft"));
                },
                "me");
        assertThat(origins).containsExactly("me");
        assertThat(bob.text("text").toString()).isEqualTo("bylaw");
        assertThat(bob.map("map").get("status")).contains(Any.of("draft"));
    }

    @Test
    void anUpdateThatIsAllNewIsPassedOnAsItCame() {
        ada.text("text").insert(0, "hello");
        Bytes update = ada.state();
        Applied applied = bob.apply(update, null);
        assertThat(applied.changes()).hasSize(1);
        assertThat(applied.changes().getFirst()).isSameAs(update);
        assertThat(applied.clients()).containsExactly(1L);
    }

    @Test
    void whatIsPassedOnOfAnUpdateInV2IsInV2() {
        ada.text("text").insert(0, "hello");
        Bytes update = ada.state(UpdateFormat.V2);
        assertThat(bob.apply(update, UpdateFormat.V2, null).changes().getFirst())
                .isSameAs(update);
        Bytes known = bob.stateVector();
        ada.text("text").insert(5, " world");
        assertThat(bob.apply(ada.state(UpdateFormat.V2), UpdateFormat.V2, null).changes())
                .containsExactly(ada.stateSince(known, UpdateFormat.V2));
    }

    @Test
    void anUpdateThatIsKnownChangesNothing() {
        ada.text("text").insert(0, "hello");
        bob.apply(ada.state(), null);
        assertThat(bob.apply(ada.state(), null).changes()).isEmpty();
    }

    @Test
    void ofAnUpdateThatIsPartlyKnownOnlyTheRestIsPassedOn() {
        ada.text("text").insert(0, "hello");
        bob.apply(ada.state(), null);
        Bytes known = bob.stateVector();
        ada.text("text").insert(5, " world");
        assertThat(bob.apply(ada.state(), null).changes()).containsExactly(ada.stateSince(known));
    }

    @Test
    void whatComesTooEarlyIsHeldAndShowsWhenTheGapIsClosed() {
        List<Bytes> updates = new ArrayList<>();
        ada.onUpdate((update, origin) -> updates.add(update));
        ada.text("text").insert(0, "a");
        ada.text("text").insert(1, "b");
        ada.text("text").insert(2, "c");
        Applied early = bob.apply(updates.get(2), null);
        assertThat(early.held()).isTrue();
        assertThat(early.changes()).isEmpty();
        assertThat(bob.hasPending()).isTrue();
        assertThat(bob.apply(updates.get(0), null).held()).isFalse();
        assertThat(bob.apply(updates.get(1), null).held()).isFalse();
        assertThat(bob.text("text").toString()).isEqualTo("abc");
        assertThat(bob.state()).isEqualTo(ada.state());
        assertThat(bob.hasPending()).isFalse();
    }

    @Test
    void marksThatBecameIdleAreTakenOutAsAChangeOfItsOwn() {
        ada.text("text").insert(0, "word");
        bob.text("text");
        bob.apply(ada.state(), null);
        ada.text("text").format(0, 4, Map.of("strong", Any.TRUE));
        bob.text("text").format(0, 4, Map.of("strong", Any.TRUE));
        Bytes fromAda = ada.stateSince(bob.stateVector());
        Applied applied = bob.apply(fromAda, null);
        assertThat(applied.changes()).hasSize(2);
        assertThat(applied.changes().getFirst()).isSameAs(fromAda);
        applied.changes().forEach(change -> ada.apply(change, null));
        ada.apply(bob.state(), null);
        assertThat(ada.text("text").toDelta())
                .isEqualTo(bob.text("text").toDelta())
                .hasSize(1);
    }

    @Test
    void aRootKeepsWhatCameBeforeItsKindWasKnown() {
        ada.text("text").insert(0, "bold", Map.of("strong", Any.TRUE));
        bob.apply(ada.state(), null);
        assertThat(bob.rootNames()).containsExactly("text");
        assertThat(bob.text("text").toDelta()).containsExactly(new Delta.Text("bold", Map.of("strong", Any.TRUE)));
        assertThatThrownBy(() -> bob.map("text"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("YText");
    }

    @Test
    void theSameEditsUnderTheSameClientIdMakeTheSameBytes() {
        assertThat(seeded().state()).isEqualTo(seeded().state());
        Doc twice = new Doc(9);
        twice.apply(seeded().state(), null);
        twice.apply(seeded().state(), null);
        assertThat(twice.xmlFragment("default").length()).isEqualTo(1);
    }

    private static Doc seeded() {
        Doc doc = new Doc(77);
        YXmlElement heading = new YXmlElement("heading");
        heading.setAttribute("level", Any.of(2));
        heading.append(new YXmlText("Noise control"));
        doc.xmlFragment("default").append(heading);
        return doc;
    }

    @Test
    void anotherClientUnderOurIdMakesUsTakeANewOne() {
        Doc double1 = new Doc(1);
        double1.text("text").insert(0, "x");
        ada.apply(double1.state(), null);
        assertThat(ada.clientId()).isNotEqualTo(1);
    }

    @Test
    void aListenerThatThrowsKeepsNobodyElseFromHearing() {
        AtomicInteger heard = new AtomicInteger();
        ada.onUpdate((update, origin) -> {
            throw new IllegalArgumentException("no");
        });
        Subscription second = ada.onUpdate((update, origin) -> heard.incrementAndGet());
        assertThatThrownBy(() -> ada.text("text").insert(0, "a")).isInstanceOf(IllegalArgumentException.class);
        assertThat(heard).hasValue(1);
        second.close();
        assertThatThrownBy(() -> ada.text("text").insert(1, "b")).isInstanceOf(IllegalArgumentException.class);
        assertThat(heard).hasValue(1);
        assertThat(ada.text("text").toString()).isEqualTo("ab");
    }

    @Test
    void applyingInsideATransactionIsRefused() {
        Bytes empty = bob.state();
        ada.transact(
                () -> assertThatThrownBy(() -> ada.apply(empty, null)).isInstanceOf(IllegalStateException.class), null);
    }

    @Test
    void readingChangesNothing() {
        bob.apply(seeded().state(), null);
        Bytes before = bob.state();
        bob.onUpdate((update, origin) -> {
            throw new AssertionError("an update by reading");
        });
        YXmlFragment fragment = bob.xmlFragment("default");
        assertThat(fragment.toString()).isEqualTo("<heading level=\"2\">Noise control</heading>");
        YXmlElement heading = (YXmlElement) fragment.children().getFirst();
        assertThat(heading.attribute("level")).contains(Any.of(2));
        assertThat(bob.state()).isEqualTo(before);
    }

    @Test
    void whatAFilterDoesNotLetGoIsKept() {
        List<Item> asked = new ArrayList<>();
        Doc keeping = new Doc(1, Doc.Options.DEFAULTS.withGcFilter(item -> {
            asked.add(item);
            return item.key().isEmpty();
        }));
        YMap map = keeping.map("map");
        map.set("a", Any.of(7));
        map.delete("a");
        keeping.text("text").insert(0, "abc");
        keeping.text("text").delete(1, 1);
        assertThat(asked)
                .containsExactly(
                        new Item(new Id(1, 0), 1, map, Optional.of("a"), Optional.empty()),
                        new Item(new Id(1, 2), 1, keeping.text("text"), Optional.empty(), Optional.empty()));
        Doc other = new Doc(2, false);
        other.apply(keeping.state(), null);
        assertThat(other.state()).isEqualTo(keeping.state());
        assertThat(keeping.state())
                .isEqualTo(Bytes.ofHex("01040100" + "2801036d6170016101" + "7d07" + "0401047465787401" + "61"
                        + "81010101" + "8401020163" + "0101020001" + "0201"));
    }
}
