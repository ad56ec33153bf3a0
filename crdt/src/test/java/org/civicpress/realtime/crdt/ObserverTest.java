package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

class ObserverTest {
    private final Doc ada = new Doc(1);
    private final List<String> heard = new ArrayList<>();

    @Test
    void anArrayTellsWhatWasKeptDeletedAndInserted() {
        YArray list = ada.array("list");
        list.push(values("a", "b", "c"));
        List<List<ListOp>> deltas = new ArrayList<>();
        list.observe(event -> deltas.add(event.delta()));
        ada.transact(
                () -> {
                    list.delete(0, 1);
                    list.insert(1, values("x", "y"));
                },
                null);
        assertThat(deltas)
                .containsExactly(
                        List.of(new ListOp.Delete(1), new ListOp.Retain(1), new ListOp.Insert(values("x", "y"))));
    }

    @Test
    void aListTellsWhichValuesCameAndWhichWent() {
        YArray list = ada.array("list");
        YText nested = new YText();
        list.push(values("a", "b", "c"));
        list.push(List.of(YValue.of(nested)));
        list.observe(event -> {
            heard.add("added " + event.added());
            assertThat(event.deleted())
                    .containsExactly(
                            new YEvent.Item(new Id(1, 1), values("b")),
                            new YEvent.Item(new Id(1, 3), List.of(YValue.of(nested))));
        });
        ada.transact(
                () -> {
                    list.delete(3, 1);
                    list.delete(1, 1);
                    list.insert(0, values("x", "y"));
                    list.delete(1, 1);
                },
                null);
        assertThat(heard).containsExactly("added " + List.of(new YEvent.Item(new Id(1, 4), values("x"))));
    }

    @Test
    void anXmlFragmentTellsWhichChildrenCameAndWhichWent() {
        YXmlFragment fragment = ada.xmlFragment("xml");
        YXmlElement old = new YXmlElement("old");
        YXmlElement young = new YXmlElement("young");
        fragment.append(old);
        fragment.observe(event -> {
            heard.add("heard");
            assertThat(event.added()).containsExactly(new YEvent.Item(new Id(1, 1), List.of(YValue.of(young))));
            assertThat(event.deleted()).containsExactly(new YEvent.Item(new Id(1, 0), List.of(YValue.of(old))));
        });
        ada.transact(
                () -> {
                    fragment.delete(0, 1);
                    fragment.append(young);
                },
                null);
        assertThat(heard).hasSize(1);
    }

    @Test
    void aKeyTellsWhatStoodThereBefore() {
        YMap map = ada.map("map");
        YText nested = new YText();
        map.set("changes", Any.of("old"));
        map.set("goes", nested);
        List<Map<String, KeyChange>> changes = new ArrayList<>();
        map.observe(event -> {
            changes.add(event.keys());
            assertThat(event.keysChanged()).containsExactlyInAnyOrder("changes", "goes", "comes", "passes");
        });
        ada.transact(
                () -> {
                    map.set("changes", Any.of("between"));
                    map.set("changes", Any.of("new"));
                    map.delete("goes");
                    map.set("comes", Any.TRUE);
                    map.set("passes", Any.TRUE);
                    map.delete("passes");
                },
                null);
        assertThat(changes)
                .containsExactly(Map.of(
                        "changes",
                        new KeyChange.Updated(YValue.of(Any.of("old"))),
                        "goes",
                        new KeyChange.Deleted(YValue.of(nested)),
                        "comes",
                        new KeyChange.Added()));
    }

    @Test
    void anXmlElementTellsOfItsAttributesAndItsChildren() {
        YXmlElement element = new YXmlElement("p");
        ada.xmlFragment("xml").append(element);
        element.observe(event -> heard.add(event.attributesChanged() + " " + event.childListChanged()));
        element.setAttribute("align", Any.of("left"));
        element.append(new YXmlText("text"));
        assertThat(heard).containsExactly("[align] false", "[] true");
    }

    @Test
    void aTextTellsOfMarksThatChangedAndOfThingsInIt() {
        YText text = ada.text("text");
        text.insert(0, "bylaw");
        List<List<Delta.Op>> deltas = new ArrayList<>();
        text.observe(event -> deltas.add(event.delta()));
        text.format(1, 2, Map.of("b", Any.TRUE));
        text.format(0, 2, Map.of("b", Any.NULL));
        text.insertEmbed(5, Any.obj(Map.of("image", Any.of("map.png"))), Map.of());
        assertThat(deltas)
                .containsExactly(
                        List.of(new Delta.Retain(1), new Delta.Retain(2, Map.of("b", Any.TRUE))),
                        List.of(new Delta.Retain(1), new Delta.Retain(1, Map.of("b", Any.NULL))),
                        List.of(
                                new Delta.Retain(5),
                                new Delta.Embed(Any.obj(Map.of("image", Any.of("map.png"))), Map.of())));
    }

    @Test
    void theDeltaOfOneTextAppliedToAnotherMakesItTheSame() {
        Seeds.each(300, random -> {
            Doc doc = new Doc(1);
            Doc copy = new Doc(2);
            doc.text("text").observe(event -> copy.text("text").applyDelta(event.delta()));
            for (int edit = 0; edit < 20; edit++) {
                YText text = doc.text("text");
                int at = random.nextInt(text.length() + 1);
                Any mark = random.nextBoolean() ? Any.TRUE : Any.NULL;
                switch (random.nextInt(4)) {
                    case 0 -> text.insert(at, "word ");
                    case 1 -> text.insert(at, "bold", Map.of("b", mark));
                    case 2 -> text.format(at, Math.min(6, text.length() - at), Map.of("b", mark));
                    default -> text.delete(at, 3);
                }
            }
            assertThat(runs(copy.text("text"))).isEqualTo(runs(doc.text("text")));
        });
    }

    /// Each character with its marks, however they make up runs.
    private static List<String> runs(YText text) {
        List<String> characters = new ArrayList<>();
        for (Delta.Insert run : text.toDelta()) {
            ((Delta.Text) run).text().chars().forEach(c -> characters.add((char) c + " " + run.attributes()));
        }
        return characters;
    }

    @Test
    void aDeltaCanLeaveOutTheLineFeedAtTheEnd() {
        List<Delta.Op> delta = List.of(new Delta.Text("one\ntwo\n", Map.of()));
        ada.text("kept").applyDelta(delta);
        ada.text("left out").applyDelta(delta, false);
        assertThat(ada.text("kept").toString()).isEqualTo("one\ntwo\n");
        assertThat(ada.text("left out").toString()).isEqualTo("one\ntwo");
    }

    @Test
    void thoseAboveHearOfChangesBelowNearestFirst() {
        YArray list = new YArray();
        YMap inner = new YMap();
        ada.map("root").set("list", list);
        list.push(List.of(YValue.of(Any.of("before")), YValue.of(inner)));
        ada.map("root")
                .observeDeep(events -> events.forEach(event -> heard.add(event.path() + " "
                        + event.target().getClass().getSimpleName() + " from "
                        + event.currentTarget().getClass().getSimpleName())));
        ada.transact(
                () -> {
                    inner.set("k", Any.TRUE);
                    list.push(values("x"));
                    ada.map("root").set("m", Any.TRUE);
                },
                null);
        assertThat(heard)
                .containsExactly(
                        "[] YMap from YMap",
                        "[Key[name=list]] YArray from YMap",
                        "[Key[name=list], Index[position=1]] YMap from YMap");
    }

    @Test
    void typesOfTheSameTransactionAreNewNotChanged() {
        ada.map("root").observeDeep(events -> heard.add(events.size() + ""));
        YMap inner = new YMap();
        inner.observe(event -> heard.add("inner"));
        ada.transact(
                () -> {
                    ada.map("root").set("inner", inner);
                    inner.set("k", Any.TRUE);
                },
                null);
        assertThat(heard).containsExactly("1");
        inner.set("k", Any.FALSE);
        assertThat(heard).containsExactly("1", "inner", "1");
    }

    @Test
    void typesThatWereDeletedSayNothing() {
        YMap inner = new YMap();
        ada.map("root").set("inner", inner);
        inner.observe(event -> heard.add("inner"));
        ada.map("root").observeDeep(events -> heard.add(events.size() + " at the root"));
        ada.transact(
                () -> {
                    inner.set("k", Any.TRUE);
                    ada.map("root").delete("inner");
                },
                null);
        assertThat(heard).containsExactly("1 at the root");
    }

    @Test
    void deepObserversDoNotHearOfWhatAnObserverDeleted() {
        YMap inner = new YMap();
        ada.map("root").set("inner", inner);
        inner.observe(event -> ada.map("root").delete("inner"));
        ada.map("root")
                .observeDeep(
                        events -> events.forEach(event -> heard.add(event.keys().toString())));
        inner.set("k", Any.TRUE);
        assertThat(heard).hasSize(1).first().asString().startsWith("{inner=Deleted");
    }

    @Test
    void changesCanOnlyBeComputedWhileObserversAreCalled() {
        List<YTextEvent> events = new ArrayList<>();
        ada.text("text").observe(event -> {
            if (events.isEmpty()) {
                event.delta(); // remembered
            }
            events.add(event);
        });
        ada.text("text").insert(0, "a");
        ada.text("text").insert(1, "b");
        assertThat(events.getFirst().delta()).containsExactly(new Delta.Text("a", Map.of()));
        assertThatThrownBy(() -> events.getFirst().keys()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> events.getLast().delta()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> events.getLast().path()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCameAndWentCanOnlyBeAskedWhileObserversAreCalled() {
        List<YArrayEvent> events = new ArrayList<>();
        ada.array("list").observe(events::add);
        ada.array("list").push(values("a"));
        assertThatThrownBy(() -> events.getFirst().added()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> events.getFirst().deleted()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatAnObserverEditsIsATransactionOfItsOwnThatIsHeardToo() {
        List<Bytes> updates = new ArrayList<>();
        Doc bob = new Doc(2);
        ada.onUpdate((update, origin) -> updates.add(update));
        ada.map("map").observe(event -> {
            heard.add(event.keys().toString());
            if (event.keysChanged().contains("title")) {
                ada.map("map").set("titled", Any.TRUE);
            }
        });
        ada.map("map").set("title", Any.of("Bylaw"));
        assertThat(heard).containsExactly("{title=Added[]}", "{titled=Added[]}");
        assertThat(updates).hasSize(2);
        updates.forEach(update -> bob.apply(update, null));
        assertThat(bob.map("map").keys()).containsExactly("title", "titled");
    }

    @Test
    void whoAnswersAnotherClientKeepsHisClientId() {
        ada.text("text").insert(0, "a"); // so that others know this client
        Doc bob = new Doc(2);
        bob.map("map").set("asked", Any.TRUE);
        ada.map("map").observe(event -> {
            if (!event.transaction().isLocal()) {
                ada.map("map").set("answered", Any.TRUE);
            }
        });
        Applied applied = ada.apply(bob.state(), "bob");
        assertThat(ada.clientId()).isEqualTo(1);
        assertThat(applied.changes()).hasSize(2);
        assertThat(ada.map("map").keys()).containsExactly("asked", "answered");
    }

    @Test
    void oneThatThrowsKeepsNobodyFromHearing() {
        YText text = ada.text("text");
        text.observe(event -> {
            throw new IllegalArgumentException("first");
        });
        text.observe(event -> heard.add("second"));
        text.observeDeep(events -> {
            heard.add("deep");
            throw new IllegalArgumentException("last");
        });
        ada.onUpdate((update, origin) -> heard.add("update"));
        assertThatThrownBy(() -> text.insert(0, "a"))
                .hasMessage("last")
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .isEqualTo("first"));
        assertThat(heard).containsExactly("second", "deep", "update");
        assertThat(text.toString()).isEqualTo("a");
    }

    @Test
    void whoHasClosedHearsNothingMore() {
        YText text = ada.text("text");
        List<Subscription> all = new ArrayList<>();
        all.add(text.observe(event -> {
            heard.add("first");
            all.forEach(Subscription::close);
        }));
        all.add(text.observe(event -> heard.add("second")));
        all.add(text.observeDeep(events -> heard.add("deep")));
        text.insert(0, "a");
        text.insert(0, "b");
        assertThat(heard).containsExactly("first");
    }

    @Test
    void observersCanComeBeforeTheTypeIsInADocument() {
        YText text = new YText();
        Subscription kept = text.observe(event -> heard.add(event.delta().toString()));
        Subscription closed = text.observe(event -> heard.add("closed"));
        closed.close();
        ada.map("map").set("text", text);
        text.insert(0, "a");
        assertThat(heard).containsExactly("[Text[text=a, attributes={}]]");
        kept.close();
        text.insert(0, "b");
        assertThat(heard).hasSize(1);
    }

    @Test
    void listenersHearTheStepsOfATransactionInOrder() {
        ada.onTransactions(new TransactionListener() {
            @Override
            public void beforeAllTransactions(Doc doc) {
                heard.add("before all");
            }

            @Override
            public void beforeTransaction(Transaction transaction) {
                heard.add("before " + transaction.origin());
            }

            @Override
            public void beforeObserverCalls(Transaction transaction) {
                heard.add("before observers of " + transaction.changedTypes().size());
            }

            @Override
            public void afterTransaction(Transaction transaction) {
                heard.add("after");
            }

            @Override
            public void afterTransactionCleanup(Transaction transaction) {
                heard.add("after cleanup");
            }

            @Override
            public void afterAllTransactions(Doc doc, List<Transaction> transactions) {
                heard.add("after all " + transactions.size());
            }
        });
        ada.text("text").observeDeep(events -> heard.add("deep"));
        ada.text("text").observe(event -> {
            heard.add("observer");
            if (event.transaction().origin() != null) {
                ada.text("text").insert(0, "b");
            }
        });
        ada.onUpdate((update, origin) -> heard.add("update"));
        ada.transact(() -> ada.text("text").insert(0, "a"), "me");
        List<String> rest = List.of("observer", "deep", "after", "after cleanup", "update");
        List<String> expected = new ArrayList<>(List.of("before all", "before me", "before observers of 1"));
        expected.addAll(List.of("observer", "before null", "deep", "after", "after cleanup", "update"));
        expected.add("before observers of 1");
        expected.addAll(rest);
        expected.add("after all 2");
        assertThat(heard).isEqualTo(expected);
        heard.clear();
        ada.transact(() -> {}, "nothing");
        assertThat(heard)
                .containsExactly(
                        "before all",
                        "before nothing",
                        "before observers of 0",
                        "after",
                        "after cleanup",
                        "after all 1");
    }

    @Test
    void aListenerThatThrowsBeforeATransactionKeepsItFromBeingMade() {
        Subscription listening = ada.onTransactions(new TransactionListener() {
            @Override
            public void beforeTransaction(Transaction transaction) {
                throw new IllegalStateException("read only");
            }
        });
        assertThatThrownBy(() -> ada.text("text").insert(0, "a")).hasMessage("read only");
        listening.close();
        ada.text("text").insert(0, "b");
        assertThat(ada.text("text").toString()).isEqualTo("b");
    }

    private static List<YValue> values(String... values) {
        return Stream.of(values).map(value -> YValue.of(Any.of(value))).toList();
    }

    @Test
    void aTransactionSaysWhichUnitsCameAndWhichWent() {
        Doc counted = new Doc(7);
        counted.text("text").insert(0, "abcdef");
        List<List<IdRange>> told = new ArrayList<>();
        counted.onTransactions(new TransactionListener() {
            @Override
            public void afterTransaction(Transaction transaction) {
                told.add(transaction.inserted());
                told.add(transaction.deleted());
            }
        });
        counted.transact(() -> {
            counted.text("text").delete(4, 1);
            counted.text("text").delete(0, 2);
            counted.text("text").insert(0, "xy");
        });
        assertThat(told)
                .containsExactly(List.of(new IdRange(7, 6, 2)), List.of(new IdRange(7, 0, 2), new IdRange(7, 4, 1)));
    }
}
