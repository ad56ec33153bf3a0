package org.civicpress.realtime.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.protocol.CloseCode;
import org.junit.jupiter.api.Test;

/// What is said beside the document.
class ConversationTest extends RoomFixture {
    private static final RoomId HALL = new RoomId("records", "hall");

    private final List<String> heard = new ArrayList<>();
    private final List<Speaker> present = new ArrayList<>();

    ConversationTest() {
        type.conversation = Optional.of(new Echo());
    }

    /// Says to everybody else what one says, and does what it is told to.
    private final class Echo implements Conversation {
        @Override
        public void onJoin(Speaker speaker) {
            present.add(speaker);
            heard.add("join " + speaker.principal().id());
        }

        @Override
        public void onText(Speaker speaker, String text) {
            heard.add(speaker.principal().id() + " " + text);
            switch (text) {
                case "send me away" -> speaker.sendAway(CloseCode.NORMAL);
                case "fail" -> throw new IllegalStateException("it was told to");
                default -> present.forEach(other -> other.say(text));
            }
        }

        @Override
        public void onLeave(Speaker speaker) {
            present.remove(speaker);
            heard.add("leave " + speaker.principal().id());
            present.forEach(other -> other.say("gone"));
        }

        @Override
        public void onEnd() {
            heard.add("end");
        }
    }

    private void comeIn() {
        heard.clear();
        present.clear();
        ada.joins(rooms, HALL, Access.WRITE);
        bob.joins(rooms, HALL, Access.READ);
        loop.run();
        assertThat(heard).containsExactly("join ada", "join bob");
        heard.clear();
    }

    private void say(SimulatedClient client, String text) {
        client.session.receiveText(text);
        loop.run();
    }

    @Test
    void whatOneSaysReachesTheOthers() {
        comeIn();
        say(ada, "hello");
        assertThat(bob.outbox.texts).endsWith("hello");
        assertThat(present).extracting(Speaker::access).containsExactly(Access.WRITE, Access.READ);
        ada.leaves();
        loop.run();
        assertThat(bob.outbox.texts).endsWith("gone");
        assertThat(heard).endsWith("leave ada");
    }

    @Test
    void itIsHeardWhileTheDocumentIsStillLoading() {
        type.isSlow = true;
        comeIn();
        say(ada, "hello");
        assertThat(bob.outbox.texts).endsWith("hello");
        type.answer();
        loop.run();
        ada.types("a");
        loop.run();
        assertThat(bob.text()).isEqualTo("a");
    }

    @Test
    void whoReadsTooSlowlyIsSentAway() {
        comeIn();
        bob.outbox.isFull = true;
        say(ada, "hello");
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        assertThat(ada.outbox.closed).isNull();
        assertThat(heard).endsWith("leave bob");
    }

    @Test
    void whatFailsEndsItsSendersConnectionAndNotTheRoom() {
        comeIn();
        say(bob, "fail");
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.FAILED);
        ada.types("a");
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        say(ada, "x".repeat((64 << 10) + 1));
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.TOO_BIG);
    }

    @Test
    void whereNoConversationCanBeginWhoeverComesIsToComeBack() {
        type.isSpeechless = true;
        ada.joins(rooms, HALL, Access.WRITE);
        loop.run();
        assertThat(ada.outbox.closed).isEqualTo(CloseCode.TRY_AGAIN);
        loop.advance(GRACE_MILLIS);
        type.isSpeechless = false;
        ada.joins(rooms, HALL, Access.WRITE);
        loop.run();
        assertThat(ada.outbox.closed).isNull();
        assertThat(heard).endsWith("join ada");
    }

    @Test
    void whoIsSentAwayIsNotHeardAnyMore() {
        comeIn();
        bob.session.receiveText("send me away");
        loop.run();
        say(bob, "one more");
        assertThat(bob.outbox.closed).isEqualTo(CloseCode.NORMAL);
        assertThat(heard).containsExactly("bob send me away", "leave bob");
    }

    @Test
    void whenTheRoomEndsEverybodyLeavesAndThenItIsOver() {
        comeIn();
        rooms.close();
        loop.run();
        assertThat(heard.indexOf("end")).isGreaterThan(heard.indexOf("leave ada"));
        assertThat(heard).contains("leave ada", "leave bob");
    }

    @Test
    void withoutADocumentNothingOfOneIsSaidOrHeard() {
        type.hasDocument = false;
        comeIn();
        ada.types("a");
        ada.shows(1, "{}");
        loop.run();
        assertThat(ada.news()).isEmpty();
        assertThat(bob.news()).isEmpty();
        say(ada, "hello");
        assertThat(bob.outbox.texts).endsWith("hello");
        loop.advance(60_000);
        assertThat(bob.news()).as("no sign of life either").isEmpty();
        assertThat(bob.outbox.closed).isNull();
    }
}
