package org.civicpress.realtime.server.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.civicpress.realtime.civicpress.Sessions;
import org.civicpress.realtime.civicpress.Sessions.Session;
import org.civicpress.realtime.civicpress.User;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.SeedClient;
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

/// The example of docs/embedding.md: the minutes of a council's meetings, one room a day. They begin from a
/// template, clerks write them, everybody who has signed in reads them, and whoever wants to speak raises a hand.
final class MinutesRooms implements RoomType {
    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    static RoomKind kind(Sessions sessions) {
        return new RoomKind(new MinutesRooms(), new MinutesDoor(sessions));
    }

    @Override
    public String name() {
        return "minutes";
    }

    @Override
    public boolean speaksText() {
        return true;
    }

    @Override
    public void find(RoomId room, Optional<Kept> kept, Consumer<Found> whenFound) {
        String template = "Minutes of " + room.name() + "\n\nPresent:\n";
        Doc doc = new Doc(SeedClient.of(template.hashCode()));
        doc.text("minutes").insert(0, template);
        whenFound.accept(Found.Source.template(doc.state()));
    }

    @Override
    public Optional<Conversation> converse(RoomId room, Loop loop) {
        return Optional.of(new Hands());
    }

    /// Who may come in.
    private record MinutesDoor(Sessions sessions) implements Door {
        @Override
        public Decision ask(String room, String token) {
            Optional<Session> session = sessions.find(token);
            if (session.isEmpty()) {
                return new Decision.UnknownToken();
            }
            if (!DAY.matcher(room).matches()) {
                return new Decision.Forbidden();
            }
            User person = session.get().user();
            String id = Long.toString(person.id());
            return new Decision.Welcome(
                    new Principal(id, person.username(), Optional.of(person.displayName())),
                    permit(person),
                    Optional.of(id),
                    session.get().until(),
                    round -> again(token));
        }

        /// Asked every few seconds as long as somebody is inside.
        private Standing again(String token) {
            return sessions.find(token)
                    .<Standing>map(session -> new Standing.Welcome(permit(session.user()), session.until()))
                    .orElse(new Standing.SessionEnded("logged-out"));
        }

        private static Permit permit(User person) {
            return Permit.of(person.role().equals("clerk") ? Access.WRITE : Access.READ);
        }
    }

    /// Whose hand is up, in one room.
    private static final class Hands implements Conversation {
        private final List<Speaker> present = new ArrayList<>();
        private final List<Speaker> raised = new ArrayList<>();

        @Override
        public void onJoin(Speaker speaker) {
            present.add(speaker);
            speaker.say(hands());
        }

        @Override
        public void onText(Speaker speaker, String text) {
            if (!text.equals("{\"type\":\"hand\"}")) {
                throw new IllegalArgumentException("not a word of this conversation");
            }
            if (!raised.contains(speaker)) {
                raised.add(speaker);
                tellAll();
            }
        }

        @Override
        public void onLeave(Speaker speaker) {
            present.remove(speaker);
            if (raised.remove(speaker)) {
                tellAll();
            }
        }

        @Override
        public void onEnd() {}

        private void tellAll() {
            present.forEach(speaker -> speaker.say(hands()));
        }

        private String hands() {
            return raised.stream()
                    .map(speaker -> "\"" + speaker.principal().name() + "\"")
                    .collect(Collectors.joining(",", "{\"type\":\"hands\",\"of\":[", "]}"));
        }
    }
}
