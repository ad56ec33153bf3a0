package org.civicpress.realtime.server.room;

import org.civicpress.realtime.protocol.CloseCode;

/// A client as a [Conversation] sees it. Confined to the room's loop.
public final class Speaker {
    private final Member member;
    private final Talk talk;

    Speaker(Member member, Talk talk) {
        this.member = member;
        this.talk = talk;
    }

    /// `client_<ms>_<7 letters or digits>`, as the client is told.
    public String id() {
        return member.session.id();
    }

    public Principal principal() {
        return member.session.principal();
    }

    /// What this client may do now.
    public Access access() {
        return member.permit.access();
    }

    /// Says something to this client, in a text frame. Who reads too slowly is sent away. Without effect after it
    /// has left.
    public void say(String text) {
        talk.say(member, text);
    }

    /// Sends this client away, as soon as what is being handled is over.
    public void sendAway(CloseCode code) {
        talk.sendAway(member, code);
    }

    @Override
    public String toString() {
        return member.toString();
    }
}
