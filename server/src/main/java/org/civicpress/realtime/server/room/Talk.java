package org.civicpress.realtime.server.room;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.civicpress.realtime.protocol.CloseCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Between a room and the [Conversation] of its type, when that has one: the mistakes of the one are kept from the
/// other. Confined to its [Room].
final class Talk {
    private static final Logger LOG = LoggerFactory.getLogger(Talk.class);
    private static final int MAX_TEXT = 64 << 10;

    private final Optional<Conversation> conversation;
    private final boolean isBroken;
    private final Hosting room;
    private final Map<Member, Speaker> speakers = new LinkedHashMap<>();

    /// What the room does for it.
    interface Hosting {
        void say(Member member, String text);

        /// Afterwards, not at once.
        void sendAway(Member member, CloseCode code);
    }

    /// @param begin makes the conversation; when it cannot, whoever comes is to come back
    Talk(Supplier<Optional<Conversation>> begin, Hosting room) {
        Optional<Conversation> begun = Optional.empty();
        boolean hasFailed = false;
        try {
            begun = begin.get();
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a conversation could not begin", e);
            hasFailed = true;
        }
        conversation = begun;
        isBroken = hasFailed;
        this.room = room;
    }

    void join(Member member) {
        if (isBroken) {
            room.sendAway(member, CloseCode.TRY_AGAIN);
        }
        if (conversation.isPresent()) {
            Speaker speaker = new Speaker(member, this);
            speakers.put(member, speaker);
            tell(member, talk -> talk.onJoin(speaker));
        }
    }

    void hear(Member member, String text) {
        Speaker speaker = speakers.get(member);
        if (speaker == null) {
            return; // nobody listens
        }
        if (text.length() > MAX_TEXT) {
            room.sendAway(member, CloseCode.TOO_BIG);
        } else {
            tell(member, talk -> talk.onText(speaker, text));
        }
    }

    void leave(Member member) {
        Speaker speaker = speakers.remove(member);
        if (speaker != null) {
            tell(member, talk -> talk.onLeave(speaker));
        }
    }

    /// Everybody leaves.
    void end() {
        for (Member member : speakers.keySet().toArray(Member[]::new)) {
            leave(member);
        }
        try {
            conversation.ifPresent(Conversation::onEnd);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a conversation did not end as it should", e);
        }
    }

    private void tell(Member member, Consumer<Conversation> what) {
        try {
            conversation.ifPresent(what);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("{}: what {} said could not be handled, the connection ends", member.session.room(), member, e);
            room.sendAway(member, CloseCode.FAILED);
        }
    }

    void say(Member member, String text) {
        if (speakers.containsKey(member)) {
            room.say(member, text);
        }
    }

    void sendAway(Member member, CloseCode code) {
        if (speakers.containsKey(member)) {
            room.sendAway(member, code);
        }
    }
}
