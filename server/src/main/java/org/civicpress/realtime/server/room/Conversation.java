package org.civicpress.realtime.server.room;

/// What is said in one room in text frames, JSON as a rule, beside its document or in place of one. Confined to the
/// room's loop, which nothing here may hold up.
///
/// What a method throws ends the connection of the client whose turn it was, and nothing else.
public interface Conversation {
    /// Somebody has come, and may be spoken to from now on.
    void onJoin(Speaker speaker);

    /// Somebody who has come says something; anything up to 64 KB. `{"type":"ping"}` is answered by the server and
    /// does not come here.
    void onText(Speaker speaker, String text);

    /// Somebody is gone.
    void onLeave(Speaker speaker);

    /// The room is gone, after all who were in it.
    void onEnd();
}
