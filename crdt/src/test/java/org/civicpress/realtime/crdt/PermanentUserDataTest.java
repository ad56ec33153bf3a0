package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.Test;

class PermanentUserDataTest {
    private final Doc doc = new Doc(1);
    private final PermanentUserData users = new PermanentUserData(doc);
    private final YText text = doc.text("text");

    private List<YValue> kept(Doc of, String user, String what) {
        YMap entry = (YMap) of.map("users").type(user).orElseThrow();
        return ((YArray) entry.type(what).orElseThrow()).values();
    }

    private static YValue bytes(String hex) {
        return YValue.of(Any.of(Bytes.ofHex(hex)));
    }

    @Test
    void whoEditsUnderAClientIdIsKept() {
        users.setUserMapping(1, "ada");
        assertThat(users.userByClientId(1)).contains("ada");
        assertThat(users.userByClientId(2)).isEmpty();
        assertThat(kept(doc, "ada", "ids")).containsExactly(YValue.of(Any.of(1)));
    }

    @Test
    void aUserCanHaveManyClientIds() {
        users.setUserMapping(1, "ada");
        users.setUserMapping((1L << 53) - 1, "ada");
        assertThat(users.userByClientId(1)).contains("ada");
        assertThat(users.userByClientId((1L << 53) - 1)).contains("ada");
    }

    @Test
    void whatAUserDeletesIsKeptAsADeleteSet() {
        text.insert(0, "abc");
        users.setUserMapping(1, "ada");
        text.delete(1, 1);
        assertThat(kept(doc, "ada", "ds")).containsExactly(bytes("0101010101"));
        assertThat(users.userByDeletedId(new Id(1, 1))).contains("ada");
        assertThat(users.userByDeletedId(new Id(1, 0))).isEmpty();
        assertThat(users.userByDeletedId(new Id(2, 1))).isEmpty();
    }

    @Test
    void whatOthersDeleteIsNotTheUsers() {
        text.insert(0, "abc");
        users.setUserMapping(1, "ada");
        Doc other = new Doc(2);
        other.apply(doc.state(), null);
        other.text("text").delete(0, 1);
        doc.apply(other.state(), null);
        assertThat(text).hasToString("bc");
        assertThat(kept(doc, "ada", "ds")).isEmpty();
    }

    @Test
    void whatTheFilterLeavesOutIsNotKept() {
        text.insert(0, "abc");
        users.setUserMapping(1, "ada", transaction -> "mine".equals(transaction.origin()));
        text.delete(0, 1);
        assertThat(kept(doc, "ada", "ds")).isEmpty();
        doc.transact(() -> text.delete(0, 1), "mine");
        assertThat(users.userByDeletedId(new Id(1, 1))).contains("ada");
        assertThat(users.userByDeletedId(new Id(1, 0))).isEmpty();
    }

    @Test
    void deletionsAreNotedInATransactionOfTheirOwn() {
        text.insert(0, "abc");
        users.setUserMapping(1, "ada");
        List<Bytes> updates = new ArrayList<>();
        doc.onUpdate((update, origin) -> updates.add(update));
        text.delete(1, 1);
        assertThat(updates).hasSize(2);
        assertThat(updates.getFirst()).isEqualTo(Bytes.ofHex("000101010101"));
    }

    @Test
    void deletionsAreNotedWhenTheExecutorRuns() {
        Doc later = new Doc(1);
        List<Runnable> tasks = new ArrayList<>();
        PermanentUserData noted = new PermanentUserData(later.map("users"), tasks::add);
        later.text("text").insert(0, "abc");
        noted.setUserMapping(1, "ada");
        later.text("text").delete(1, 1);
        assertThat(noted.userByDeletedId(new Id(1, 1))).isEmpty();
        assertThat(tasks).hasSize(1);
        tasks.getFirst().run();
        assertThat(noted.userByDeletedId(new Id(1, 1))).contains("ada");
    }

    @Test
    void othersLearnWhoWroteAndWhoDeleted() {
        Doc other = new Doc(2);
        PermanentUserData there = new PermanentUserData(other);
        users.setUserMapping(1, "user a");
        there.setUserMapping(2, "user b");
        text.insert(0, "xhi");
        Id x = new Id(1, doc.store.state(1) - 3);
        text.delete(0, 1);
        other.text("text").insert(0, "hxxi");
        Id xx = new Id(2, other.store.state(2) - 3);
        other.text("text").delete(1, 2);
        other.apply(doc.state(), null);
        doc.apply(other.state(), null);
        Doc third = new Doc(3);
        third.apply(doc.state(), null);
        PermanentUserData late = new PermanentUserData(third);
        late.setUserMapping(3, "user a");
        for (PermanentUserData data : List.of(users, there, late)) {
            assertThat(data.userByClientId(1)).contains("user a");
            assertThat(data.userByClientId(2)).contains("user b");
            assertThat(data.userByDeletedId(x)).contains("user a");
            assertThat(data.userByDeletedId(xx)).contains("user b");
        }
        assertThat(late.userByClientId(3)).contains("user a");
    }

    @Test
    void aUserWhoseEntryWasOverwrittenIsWrittenIntoTheNewOne() {
        users.setUserMapping(1, "ada");
        Doc other = new Doc(2);
        new PermanentUserData(other).setUserMapping(2, "ada");
        doc.apply(other.state(), null);
        assertThat(kept(doc, "ada", "ids"))
                .containsExactly(YValue.of(Any.of(2)), YValue.of(Any.of(1)), YValue.of(Any.of(2)));
        assertThat(users.userByClientId(1)).contains("ada");
        text.insert(0, "abc");
        Id a = new Id(1, doc.store.state(1) - 3);
        text.delete(0, 1);
        assertThat(users.userByDeletedId(a)).contains("ada");
    }

    @Test
    void whatIsDeletedInAnEntryThatIsGoneIsNotNoted() {
        users.setUserMapping(1, "ada");
        text.insert(0, "abc");
        doc.map("users").delete("ada");
        text.delete(0, 1);
        assertThat(doc.map("users").keys()).isEmpty();
        assertThat(text).hasToString("bc");
    }

    @Test
    void whatIsNotAUserSaysNothing() {
        YMap entry = new YMap();
        YArray ids = new YArray();
        ids.push(List.of(YValue.of(Any.of("one")), YValue.of(Any.of(1.5)), YValue.of(Any.of(7))));
        YArray ds = new YArray();
        ds.push(List.of(bytes("ff"), YValue.of(Any.of(1)), bytes("0107010201")));
        entry.set("ids", ids);
        entry.set("ds", ds);
        doc.transact(
                () -> {
                    doc.map("users").set("plain", Any.of(1));
                    doc.map("users").set("empty", new YMap());
                    doc.map("users").set("eve", entry);
                },
                null);
        assertThat(users.userByClientId(7)).contains("eve");
        assertThat(users.userByDeletedId(new Id(7, 2))).contains("eve");
        assertThat(users.userByDeletedId(new Id(7, 3))).isEmpty();
    }

    @Test
    void aMapThatIsInNoDocumentCannotKeepUsers() {
        assertThatThrownBy(() -> new PermanentUserData(new YMap())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClosedSubscriptionNotesNoMore() {
        text.insert(0, "abc");
        Subscription mapping = users.setUserMapping(1, "ada");
        mapping.close();
        text.delete(0, 1);
        assertThat(kept(doc, "ada", "ds")).isEmpty();
    }

    @Test
    void whatIsClosedNeitherNotesNorLearns() {
        text.insert(0, "abc");
        users.setUserMapping(1, "ada");
        users.close();
        text.delete(0, 1);
        assertThat(kept(doc, "ada", "ds")).isEmpty();
        new PermanentUserData(doc).setUserMapping(2, "bob");
        assertThat(users.userByClientId(2)).isEmpty();
    }
}
