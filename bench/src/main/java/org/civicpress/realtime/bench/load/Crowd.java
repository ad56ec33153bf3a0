package org.civicpress.realtime.bench.load;

import org.civicpress.realtime.crdt.lib0.Bytes;

/// Who comes. Immutable.
///
/// @param underWay how many edits each person has under way; 0: nobody types
/// @param document what the first person brings into each room
record Crowd(int rooms, int people, int underWay, Bytes document) {
    private static final long HOST_CLIENT = 1_000;

    static Crowd typing(int rooms, int people, int underWay) {
        return new Crowd(rooms, people, underWay, Typist.paragraphs(HOST_CLIENT, people));
    }

    static Crowd reading(int rooms, int people) {
        return typing(rooms, people, 0);
    }

    static Crowd reading(int rooms, int people, Bytes document) {
        return new Crowd(rooms, people, 0, document);
    }

    Crowd withRooms(int count) {
        return new Crowd(count, people, underWay, document);
    }
}
