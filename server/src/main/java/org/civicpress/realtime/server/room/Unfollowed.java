package org.civicpress.realtime.server.room;

/// Who does nothing with the edits of a room. Immutable.
enum Unfollowed implements RoomType.Follower {
    INSTANCE;

    @Override
    public void onEdited() {}

    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public void flush(long patienceMillis, Runnable whenDone) {
        whenDone.run();
    }

    @Override
    public void stop() {}
}
