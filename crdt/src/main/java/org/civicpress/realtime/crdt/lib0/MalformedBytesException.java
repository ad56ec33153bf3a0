package org.civicpress.realtime.crdt.lib0;

/// Bytes that are not what they claim to be. Thrown by readers before anything was applied; whoever knows the
/// sender catches it and ends that sender's session. Immutable.
public final class MalformedBytesException extends RuntimeException {
    private final int position;

    /// @param what what is wrong, in a few words
    /// @param position where, in bytes from the start of what was being read
    public MalformedBytesException(String what, int position) {
        super(what + " at byte " + position);
        this.position = position;
    }

    /// Where the trouble is, in bytes from the start of what was being read.
    public int position() {
        return position;
    }
}
