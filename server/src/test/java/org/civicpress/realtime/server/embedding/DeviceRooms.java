package org.civicpress.realtime.server.embedding;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.civicpress.realtime.server.auth.Door;
import org.civicpress.realtime.server.auth.RoomKind;
import org.civicpress.realtime.server.room.Access;
import org.civicpress.realtime.server.room.Conversation;
import org.civicpress.realtime.server.room.Loop;
import org.civicpress.realtime.server.room.Permit;
import org.civicpress.realtime.server.room.Principal;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.room.RoomType;
import org.civicpress.realtime.server.room.Speaker;

/// Rooms of one device each, without a document: what one says, the others hear. Whoever has the device's name as
/// a token comes in. Says on [#events] what happens.
final class DeviceRooms implements RoomType {
    final List<String> events = new ArrayList<>();

    volatile boolean isSwitchedOff;

    RoomKind kind() {
        Door door = (room, token) -> token.equals("device-" + room)
                ? new Door.Decision.Welcome(
                        new Principal("device:" + room, room),
                        Permit.of(Access.WRITE),
                        Optional.of("device:" + room),
                        Instant.MAX,
                        round -> isSwitchedOff
                                ? new Door.Standing.Forbidden()
                                : new Door.Standing.Welcome(Permit.of(Access.WRITE), Instant.MAX))
                : new Door.Decision.UnknownToken();
        return new RoomKind(this, door);
    }

    @Override
    public String name() {
        return "device";
    }

    @Override
    public boolean speaksText() {
        return true;
    }

    @Override
    public boolean hasDocument() {
        return false;
    }

    @Override
    public void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound) {
        whenFound.accept(Found.Source.NOTHING);
    }

    private void happens(String what) {
        synchronized (events) {
            events.add(what);
        }
    }

    @Override
    public Optional<Conversation> converse(RoomId room, Loop loop) {
        List<Speaker> present = new ArrayList<>();
        return Optional.of(new Conversation() {
            @Override
            public void onJoin(Speaker speaker) {
                present.add(speaker);
                happens("join");
            }

            @Override
            public void onText(Speaker speaker, String text) {
                if (text.startsWith("bad")) {
                    throw new IllegalStateException("cannot handle that");
                }
                present.stream().filter(other -> other != speaker).forEach(other -> other.say(text));
            }

            @Override
            public void onLeave(Speaker speaker) {
                present.remove(speaker);
                happens("leave");
            }

            @Override
            public void onEnd() {
                happens("end");
            }
        });
    }

    @Override
    public void close() {
        happens("close");
    }
}
