package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.jspecify.annotations.Nullable;

/// A socket that remembers what was sent. Confined to the test's thread.
public final class SimulatedOutbox implements Outbox {
    /// The very objects, for those who care.
    public final List<Bytes> frames = new ArrayList<>();

    public final List<Message> messages = new ArrayList<>();
    public final List<String> texts = new ArrayList<>();
    public int flushes;
    public @Nullable CloseCode closed;
    public boolean isSlow;

    /// Whether there is no room in it any more.
    public boolean isFull;

    private final List<Bytes> waiting = new ArrayList<>();
    private final Consumer<Message> whenSent;

    public SimulatedOutbox(Consumer<Message> whenSent) {
        this.whenSent = whenSent;
    }

    @Override
    public boolean offer(Bytes frame) {
        if (closed != null) {
            return true;
        }
        if (!isFull) {
            waiting.add(frame);
        }
        return !isFull;
    }

    @Override
    public boolean offerPresence(Bytes frame) {
        return offer(frame);
    }

    @Override
    public boolean text(String json) {
        if (closed == null && !isFull) {
            texts.add(json);
        }
        return closed != null || !isFull;
    }

    @Override
    public void flush() {
        if (closed != null) {
            return;
        }
        flushes++;
        for (Bytes frame : waiting) {
            frames.add(frame);
            Message message = Messages.read(frame);
            messages.add(message);
            whenSent.accept(message);
        }
        waiting.clear();
    }

    @Override
    public void slow(boolean isSlow) {
        this.isSlow = isSlow;
    }

    @Override
    public void close(CloseCode code) {
        flush();
        if (closed == null) {
            closed = code;
        }
    }
}
