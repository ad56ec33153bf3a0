package org.civicpress.realtime.bench.journal;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.room.Outbox;

/// What one person hears of a room. Confined to the room's loop.
final class Ears implements Outbox {
    private final Consumer<Bytes> whenSafe;

    /// Done with the size of the whole document when that could be sent.
    final CompletableFuture<Integer> whole = new CompletableFuture<>();

    /// @param whenSafe told of each token that came back
    Ears(Consumer<Bytes> whenSafe) {
        this.whenSafe = whenSafe;
    }

    @Override
    public boolean offer(Bytes frame) {
        switch (Messages.read(frame)) {
            case Message.SyncStatus(var token) -> whenSafe.accept(token);
            case Message.SyncStep2(var update) -> whole.complete(update.length());
            case Message.SyncStep1 question -> {}
            case Message.Update update -> {}
            case Message.AwarenessUpdate presence -> {}
            case Message.QueryAwareness question -> {}
            case Message.PermissionDenied refusal -> throw new IllegalStateException("the server refused: " + refusal);
            case Message.Unknown unknown -> {}
        }
        return true;
    }

    @Override
    public boolean offerPresence(Bytes frame) {
        return true;
    }

    @Override
    public boolean text(String json) {
        return true;
    }

    @Override
    public void flush() {}

    @Override
    public void slow(boolean isSlow) {}

    @Override
    public void close(CloseCode code) {
        whole.completeExceptionally(new IllegalStateException("the room said " + code));
    }
}
