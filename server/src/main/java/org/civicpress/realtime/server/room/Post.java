package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;

/// What a room sends its members in a tick: every outbox that got something is flushed once, and who reads too slowly
/// is remembered.
///
/// Confined to its [Room].
final class Post {
    private final Loop loop;
    private final Counters counters;
    private final boolean speaksText;
    private final Runnable askTickEnd;
    private final List<Member> touched = new ArrayList<>();
    private final List<Member> slow = new ArrayList<>();

    /// @param askTickEnd has the room call [#flush] and [#takeSlow] at the end of the tick
    Post(Loop loop, Counters counters, boolean speaksText, Runnable askTickEnd) {
        this.loop = loop;
        this.counters = counters;
        this.speaksText = speaksText;
        this.askTickEnd = askTickEnd;
    }

    void send(Member member, Bytes frame) {
        if (member.outbox.offer(frame)) {
            sent(member);
        } else {
            slow.add(member);
            askTickEnd.run();
        }
    }

    /// Presence is not sent to who has not read the last one yet.
    void sendPresence(Member member, Bytes frame) {
        if (member.outbox.offerPresence(frame)) {
            sent(member);
        }
    }

    private void sent(Member member) {
        member.sentMillis = loop.nowMillis();
        counters.count(Counter.FRAMES_SENT);
        touch(member);
    }

    /// In a text frame, to who understands such.
    void say(Member member, String json) {
        if (speaksText) {
            member.outbox.text(json);
            touch(member);
        }
    }

    /// As [#say], but not to be left out.
    void tell(Member member, String text) {
        if (!speaksText) {
            return;
        }
        if (member.outbox.text(text)) {
            counters.count(Counter.FRAMES_SENT);
            touch(member);
        } else {
            slow.add(member);
            askTickEnd.run();
        }
    }

    private void touch(Member member) {
        if (!member.isTouched) {
            member.isTouched = true;
            touched.add(member);
            askTickEnd.run();
        }
    }

    void flush() {
        for (Member member : touched) {
            member.isTouched = false;
            member.outbox.flush();
        }
        touched.clear();
    }

    /// Who had no room for a frame since this was last asked.
    List<Member> takeSlow() {
        List<Member> all = List.copyOf(slow);
        slow.clear();
        return all;
    }
}
