package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.Test;

class SubDocTest {
    private final List<String> heard = new ArrayList<>();
    private final Doc doc = listened(new Doc(1));

    private Doc listened(Doc listened) {
        listened.onSubDocs(event -> heard.add("loaded " + guids(event.loaded()) + " added " + guids(event.added())
                + " removed " + guids(event.removed())));
        return listened;
    }

    private static Set<String> guids(Set<Doc> docs) {
        Set<String> guids = new TreeSet<>();
        docs.forEach(subDoc -> guids.add(subDoc.guid()));
        return guids;
    }

    private static Doc named(String guid) {
        return new Doc(Doc.Options.DEFAULTS.withGuid(guid));
    }

    private static Doc autoLoading(String guid) {
        return new Doc(Doc.Options.DEFAULTS.withGuid(guid).withAutoLoad(true));
    }

    private Doc received() {
        Doc other = listened(new Doc(2));
        heard.clear();
        other.apply(doc.state(), null);
        return other;
    }

    // ---- in the update

    @Test
    void guidAndOptionsTravelInTheUpdate() {
        Any meta = Any.obj(Map.of("title", Any.of("t")));
        doc.map("map")
                .set(
                        "a",
                        new Doc(Doc.Options.DEFAULTS
                                .withGuid("g")
                                .withCollectionId("here")
                                .withGc(false)
                                .withMeta(meta)
                                .withAutoLoad(true)
                                .withShouldLoad(false)));
        Doc other = received();
        Doc there = other.map("map").subDoc("a").orElseThrow();
        assertThat(there.guid()).isEqualTo("g");
        assertThat(there.collectsGarbage()).isFalse();
        assertThat(there.meta()).isEqualTo(meta);
        assertThat(there.autoLoad()).isTrue();
        assertThat(there.shouldLoad()).isTrue();
        assertThat(there.collectionId()).isEmpty();
        assertThat(other.state()).isEqualTo(doc.state());
    }

    @Test
    void optionsThatDifferFromTheDefaultsAreWrittenAndNoOthers() {
        doc.map("m").set("s", autoLoading("g"));
        assertThat(doc.state())
                .isEqualTo(Bytes.ofHex("01010100" + "2901016d0173" + "0167" + "7601086175746f4c6f616478" + "00"));
    }

    @Test
    void unknownOptionsAreDroppedAndAnotherGuidAmongThemIsTheGuid() {
        // guid "g", { x: 1, gc: undefined, meta: undefined, guid: "h", shouldLoad: 1 }
        Bytes update = Bytes.ofHex("01010100" + "2901016d0173" + "0167"
                + "7605" + "01787d01" + "0267637f" + "046d6574617f" + "0467756964770168" + "0a73686f756c644c6f61647d01"
                + "00");
        doc.apply(update, null);
        assertThat(heard).containsExactly("loaded [h] added [h] removed []");
        assertThat(doc.state()).isEqualTo(Bytes.ofHex("01010100" + "2901016d0173" + "0168" + "7600" + "00"));
    }

    @Test
    void aDocumentWithoutOptionsIsRefused() {
        for (String none : List.of("7e", "7f")) {
            Bytes update = Bytes.ofHex("01010100" + "2901016d0173" + "0167" + none + "00");
            assertThatThrownBy(() -> doc.apply(update, null)).isInstanceOf(MalformedBytesException.class);
        }
        assertThat(heard).isEmpty();
    }

    // ---- loading

    @Test
    void aDocumentThatIsPutInHereIsLoadedAndElsewhereOnlyWhenAsked() {
        doc.array("array").push(List.of(YValue.of(named("g"))));
        assertThat(heard).containsExactly("loaded [g] added [g] removed []");
        Doc other = received();
        assertThat(heard).containsExactly("loaded [] added [g] removed []");
        Doc there = other.subDocs().iterator().next();
        assertThat(there.shouldLoad()).isFalse();
        heard.clear();
        there.load();
        there.load();
        assertThat(heard).containsExactly("loaded [g] added [] removed []");
        assertThat(there.shouldLoad()).isTrue();
    }

    @Test
    void aDocumentThatLoadsByItselfIsLoadedEverywhere() {
        doc.map("map").set("a", autoLoading("g"));
        received();
        assertThat(heard).containsExactly("loaded [g] added [g] removed []");
    }

    @Test
    void aDocumentThatIsNotWantedHereIsOnlyAdded() {
        doc.map("map").set("a", new Doc(Doc.Options.DEFAULTS.withGuid("g").withShouldLoad(false)));
        assertThat(heard).containsExactly("loaded [] added [g] removed []");
    }

    @Test
    void loadingADocumentThatStandsInNoneOnlyNotesTheWish() {
        Doc alone = new Doc(Doc.Options.DEFAULTS.withShouldLoad(false));
        alone.load();
        assertThat(alone.shouldLoad()).isTrue();
    }

    @Test
    void severalChangesOfOneTransactionAreOneEvent() {
        doc.map("map").set("a", named("a"));
        Doc unwanted = new Doc(Doc.Options.DEFAULTS.withGuid("b").withShouldLoad(false));
        doc.map("map").set("b", unwanted);
        heard.clear();
        doc.transact(
                () -> {
                    unwanted.load();
                    doc.map("map").set("c", named("c"));
                    doc.map("map").delete("a");
                },
                null);
        assertThat(heard).containsExactly("loaded [b, c] added [c] removed [a]", "loaded [] added [] removed [a]");
    }

    @Test
    void theEventComesAfterTheUpdate() {
        List<String> order = new ArrayList<>();
        doc.onSubDocs(event -> order.add("subdocs " + event.transaction().origin()));
        doc.onUpdate((update, origin) -> order.add("update"));
        doc.onUpdate(UpdateFormat.V2, (update, origin) -> order.add("updateV2"));
        doc.transact(() -> doc.map("map").set("a", named("g")), "me");
        assertThat(order).containsExactly("update", "updateV2", "subdocs me");
    }

    // ---- what is there

    @Test
    void theDocumentThatWasPutInIsTheOneThatIsFound() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        assertThat(doc.map("map").subDoc("a")).containsSame(page);
        assertThat(doc.map("map").value("a")).contains(new YValue.SubDoc(page));
        assertThat(doc.map("map").get("a")).isEmpty();
        assertThat(doc.subDocs()).containsExactly(page);
        assertThat(doc.subDocs().contains(page)).isTrue();
        assertThat(doc.subDocs().contains(doc)).isFalse();
        assertThat(doc.subDocGuids()).containsExactly("g");
    }

    @Test
    void theSameInstanceIsFoundEachTime() {
        doc.map("map").set("a", named("g"));
        Doc other = received();
        assertThat(other.subDocs().iterator().next())
                .isSameAs(other.map("map").subDoc("a").orElseThrow());
    }

    @Test
    void aDocumentGetsTheClientIdAndTheCollectionOfTheOneItStandsIn() {
        Doc parent = new Doc(7, Doc.Options.DEFAULTS.withCollectionId("hall"));
        Doc page = new Doc(8);
        Doc elsewhere = new Doc(9, Doc.Options.DEFAULTS.withCollectionId("archive"));
        parent.map("map").set("a", page);
        parent.map("map").set("b", elsewhere);
        assertThat(page.clientId()).isEqualTo(7);
        assertThat(page.collectionId()).contains("hall");
        assertThat(elsewhere.clientId()).isEqualTo(7);
        assertThat(elsewhere.collectionId()).contains("archive");
        Doc other = new Doc(10, Doc.Options.DEFAULTS.withCollectionId("copy"));
        other.apply(parent.state(), null);
        assertThat(other.subDocs()).allSatisfy(subDoc -> {
            assertThat(subDoc.clientId()).isEqualTo(10);
            assertThat(subDoc.collectionId()).contains("copy");
        });
    }

    @Test
    void anInsertedDocumentIsInTheEventOfItsList() {
        Doc page = named("g");
        List<ListOp> delta = new ArrayList<>();
        doc.array("array").observe(event -> delta.addAll(event.delta()));
        doc.array("array").push(List.of(YValue.of(page)));
        assertThat(delta).containsExactly(new ListOp.Insert(List.of(YValue.of(page))));
    }

    @Test
    void aReplacedDocumentIsTheOldValueOfItsKey() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        List<KeyChange> changes = new ArrayList<>();
        doc.map("map").observe(event -> changes.addAll(event.keys().values()));
        doc.map("map").set("a", Any.of(1));
        assertThat(changes).containsExactly(new KeyChange.Updated(YValue.of(page)));
    }

    @Test
    void aDocumentInATypeThatIsPutInComesWithIt() {
        YMap nested = new YMap();
        Doc page = named("g");
        nested.set("page", page);
        assertThat(nested.subDoc("page")).containsSame(page);
        doc.array("array").push(List.of(YValue.of(nested)));
        assertThat(doc.subDocs()).containsExactly(page);
    }

    @Test
    void aDocumentStandsInOneOther() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        Bytes before = doc.state();
        assertThatThrownBy(() -> doc.map("map").set("b", page)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> doc.array("array").push(List.of(YValue.of(Any.of(1)), YValue.of(page))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(doc.state()).isEqualTo(before);
    }

    @Test
    void aDocumentDoesNotStandInItself() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        assertThatThrownBy(() -> page.map("map").set("up", doc)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> doc.map("map").set("me", doc)).isInstanceOf(IllegalArgumentException.class);
        assertThat(page.state()).isEqualTo(new Doc(1).state());
    }

    // ---- going

    @Test
    void aDocumentThatIsDeletedIsRemovedAndThenDestroyed() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        heard.clear();
        page.onDestroy(destroyed -> heard.add("destroyed " + destroyed.guid() + " " + destroyed.isDestroyed()));
        doc.map("map").delete("a");
        // The second event is of the transaction by which it leaves, as in Yjs.
        assertThat(heard)
                .containsExactly(
                        "loaded [] added [] removed [g]", "destroyed g true", "loaded [] added [] removed [g]");
        assertThat(doc.subDocs()).isEmpty();
        assertThat(doc.map("map").subDoc("a")).isEmpty();
    }

    @Test
    void aDocumentThatOthersDeleteIsDestroyedHere() {
        doc.map("map").set("a", named("g"));
        Doc other = received();
        Doc there = other.subDocs().iterator().next();
        doc.map("map").delete("a");
        other.apply(doc.state(), null);
        assertThat(there.isDestroyed()).isTrue();
        assertThat(other.subDocs()).isEmpty();
    }

    @Test
    void aDocumentThatNobodyLookedAtIsRemovedToo() {
        doc.map("map").set("a", named("g"));
        Doc other = new Doc(2);
        other.apply(doc.state(), null);
        List<Doc> removed = new ArrayList<>();
        other.onSubDocs(event -> removed.addAll(event.removed()));
        List<Boolean> destroyed = new ArrayList<>();
        other.onSubDocs(event -> event.removed().forEach(subDoc -> destroyed.add(subDoc.isDestroyed())));
        other.map("map").delete("a");
        assertThat(removed.getFirst().isDestroyed()).isTrue();
        assertThat(destroyed).containsExactly(false, true);
        assertThat(other.subDocGuids()).isEmpty();
    }

    @Test
    void aSetThatIsLookedAtLaterStillShowsWhatWasRemoved() {
        doc.map("map").set("a", named("g"));
        Doc other = new Doc(2);
        other.apply(doc.state(), null);
        List<SubDocsEvent> events = new ArrayList<>();
        other.onSubDocs(events::add);
        other.map("map").delete("a");
        Doc late = events.getFirst().removed().iterator().next();
        assertThat(late.guid()).isEqualTo("g");
        assertThat(late.isDestroyed()).isTrue();
        assertThat(events.getFirst().removed()).hasSize(1).containsExactly(late);
    }

    @Test
    void aDocumentThatComesAndGoesInOneTransactionIsNotThereButStillToBeLoaded() {
        Doc page = named("g");
        doc.transact(
                () -> {
                    doc.map("map").set("a", page);
                    doc.map("map").delete("a");
                },
                null);
        assertThat(heard).containsExactly("loaded [g] added [] removed []");
        assertThat(page.isDestroyed()).isFalse();
        assertThat(doc.subDocs()).isEmpty();
    }

    @Test
    void oneThatNobodyWantsComesAndGoesUnheard() {
        Doc unwanted = new Doc(Doc.Options.DEFAULTS.withShouldLoad(false));
        doc.transact(
                () -> {
                    doc.map("map").set("a", unwanted);
                    doc.map("map").delete("a");
                },
                null);
        assertThat(heard).isEmpty();
    }

    @Test
    void aDocumentGoesWithTheTypeThatItStandsIn() {
        YMap nested = new YMap();
        Doc page = named("g");
        nested.set("page", page);
        doc.map("map").set("a", nested);
        doc.map("map").delete("a");
        assertThat(page.isDestroyed()).isTrue();
    }

    @Test
    void whereADestroyedDocumentStoodANewOneStands() {
        Doc page = autoLoading("g");
        doc.map("map").set("a", page);
        heard.clear();
        page.onDestroy(destroyed -> heard.add("destroyed"));
        page.destroy();
        assertThat(heard).containsExactly("loaded [] added [g] removed [g]", "destroyed");
        assertThat(page.isDestroyed()).isTrue();
        Doc next = doc.map("map").subDoc("a").orElseThrow();
        assertThat(next).isNotSameAs(page);
        assertThat(next.guid()).isEqualTo("g");
        assertThat(next.autoLoad()).isTrue();
        assertThat(next.shouldLoad()).isFalse();
        assertThat(next.isDestroyed()).isFalse();
        assertThat(next.clientId()).isEqualTo(1);
        assertThat(doc.subDocs()).containsExactly(next);
        heard.clear();
        next.load();
        assertThat(heard).containsExactly("loaded [g] added [] removed []");
    }

    @Test
    void destroyingChangesNoBytes() {
        Doc page = autoLoading("g");
        doc.map("map").set("a", page);
        Bytes before = doc.state();
        doc.onUpdate((update, origin) -> heard.add("update"));
        heard.clear();
        page.destroy();
        assertThat(doc.state()).isEqualTo(before);
        assertThat(heard).doesNotContain("update");
    }

    @Test
    void aDestroyedDocumentTellsNobodyAnyMore() {
        doc.onUpdate((update, origin) -> heard.add("update"));
        UndoManager undo = UndoManager.of(doc.text("text"));
        doc.destroy();
        doc.text("text").insert(0, "a");
        doc.map("map").set("a", named("g"));
        assertThat(heard).isEmpty();
        assertThat(undo.canUndo()).isFalse();
        assertThat(doc.text("text")).hasToString("a");
    }

    @Test
    void aDestroyedDocumentCanBePutInAgain() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        doc.map("map").delete("a");
        doc.map("map").set("b", page);
        assertThat(doc.subDocs()).containsExactly(page);
    }

    @Test
    void documentsGoWithTheDocumentTheyStandIn() {
        Doc page = named("page");
        Doc note = named("note");
        doc.map("map").set("a", page);
        page.map("map").set("a", note);
        doc.destroy();
        assertThat(page.isDestroyed()).isTrue();
        assertThat(note.isDestroyed()).isTrue();
        assertThat(doc.subDocGuids()).containsExactly("page");
    }

    @Test
    void aListenerThatThrowsDoesNotKeepADocumentFromBeingDestroyed() {
        Doc page = named("g");
        doc.map("map").set("a", page);
        page.onDestroy(destroyed -> {
            throw new IllegalStateException("no");
        });
        assertThatThrownBy(() -> doc.map("map").delete("a")).hasMessage("no");
        assertThat(page.isDestroyed()).isTrue();
        assertThat(doc.subDocs()).isEmpty();
    }

    @Test
    void whoStopsListeningHearsNoMore() {
        Doc quiet = new Doc(3);
        Subscription first = quiet.onSubDocs(event -> heard.add("subdocs"));
        Subscription second = quiet.onDestroy(event -> heard.add("destroyed"));
        first.close();
        second.close();
        quiet.map("map").set("a", named("g"));
        quiet.destroy();
        assertThat(heard).isEmpty();
    }

    // ---- undo

    @Test
    void undoBringsBackAnotherInstanceOfTheSameGuid() {
        Doc page = autoLoading("g");
        doc.map("map").set("a", page);
        UndoManager undo = UndoManager.of(doc.map("map"));
        doc.map("map").delete("a");
        heard.clear();
        undo.undo();
        Doc again = doc.map("map").subDoc("a").orElseThrow();
        assertThat(again).isNotSameAs(page);
        assertThat(again.guid()).isEqualTo("g");
        assertThat(again.autoLoad()).isTrue();
        assertThat(heard).containsExactly("loaded [g] added [g] removed []");
        assertThat(page.isDestroyed()).isTrue();
        undo.redo();
        assertThat(again.isDestroyed()).isTrue();
    }

    @Test
    void ofAWholeDocumentTheLeavingOfADocumentIsAStepByItself() {
        UndoManager undo =
                UndoManager.of(doc, UndoManager.Options.DEFAULTS.withCaptureTimeout(java.time.Duration.ZERO));
        doc.map("map").set("a", named("g"));
        assertThat(undo.undoStack()).hasSize(1);
        doc.map("map").delete("a");
        assertThat(undo.undoStack()).hasSize(3);
    }
}
