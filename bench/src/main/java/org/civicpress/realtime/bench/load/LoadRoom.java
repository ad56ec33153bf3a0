package org.civicpress.realtime.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.jspecify.annotations.Nullable;

/// The people of one room, all typing. Each has a number of edits under way: a further one is sent when the person
/// in the next seat has seen an earlier one. Confined to the generator's loop.
final class LoadRoom {
    private static final long FIRST_CLIENT = 1_001;
    private static final Bytes EMPTY_STATE_VECTOR = Bytes.ofHex("00");
    private static final Bytes EMPTY_UPDATE = Bytes.ofHex("0000");

    private final Generator generator;
    private final Crowd crowd;
    private final @Nullable Channel[] channels;
    private final Typist[] typists;
    private final long[] sent;
    /// How far the person in a seat has seen each of the others.
    private final long[][] seen;
    private final boolean[] ready;
    private final Queue<Channel> unflushed = new ArrayDeque<>();
    private int open;
    private int readySeats;
    private boolean typing;

    LoadRoom(Generator generator, Crowd crowd) {
        int people = crowd.people();
        this.generator = generator;
        this.crowd = crowd;
        this.channels = new Channel[people];
        this.typists = new Typist[crowd.underWay() == 0 ? 0 : people];
        Arrays.setAll(typists, seat -> Typist.in(crowd.document(), FIRST_CLIENT + seat, seat));
        this.sent = new long[people];
        this.seen = new long[people][people];
        this.ready = new boolean[people];
    }

    int people() {
        return channels.length;
    }

    void onOpen(int seat, Channel channel) {
        channels[seat] = channel;
        send(seat, Messages.write(new Message.SyncStep1(EMPTY_STATE_VECTOR)));
        if (seat == 0) {
            send(seat, Messages.write(new Message.Update(crowd.document())));
            onReady(seat);
        }
        open++;
    }

    void onStep1(int seat) {
        send(seat, Messages.write(new Message.SyncStep2(EMPTY_UPDATE)));
    }

    /// An update has brought a person up to this clock of a client.
    void onSeen(int seat, long client, long clock) {
        int typist = (int) (client - FIRST_CLIENT);
        if (client != FIRST_CLIENT + typist || typist < 0 || typist >= people()) {
            onReady(seat); // it is of the document that the first one brought
            return;
        }
        if (typist == seat) {
            return; // the peer sends everybody's own words back
        }
        long before = seen[seat][typist];
        if (clock > before) {
            seen[seat][typist] = clock;
            generator.onDelivered(clock - before);
            if (seat == observer(typist)) {
                type(typist);
            }
        }
    }

    private void onReady(int seat) {
        if (!ready[seat]) {
            ready[seat] = true;
            readySeats++;
        }
    }

    boolean isReady() {
        return open == people() && readySeats == people();
    }

    void start() {
        typing = true;
        for (int typist = 0; typist < typists.length; typist++) {
            type(typist);
        }
        flush();
    }

    void stop() {
        typing = false;
    }

    /// Has everybody seen all that was typed?
    boolean isQuiet() {
        for (int seat = 0; seat < people(); seat++) {
            for (int typist = 0; typist < people(); typist++) {
                if (seat != typist && seen[seat][typist] != sent[typist]) {
                    return false;
                }
            }
        }
        return true;
    }

    private int observer(int typist) {
        return (typist + 1) % people();
    }

    private void type(int typist) {
        while (typing && sent[typist] - seen[observer(typist)][typist] < crowd.underWay()) {
            send(typist, Messages.write(new Message.Update(typists[typist].next())));
            sent[typist]++;
        }
    }

    private void send(int seat, Bytes message) {
        Channel channel = channels[seat];
        if (channel == null) {
            throw new IllegalStateException("nobody sits in seat " + seat);
        }
        ByteBuf frame = channel.alloc().buffer(message.length() + 14);
        LoadClient.binaryHead(frame, message.length());
        frame.writeBytes(message.asByteBuffer());
        channel.write(frame, channel.voidPromise());
        if (unflushed.peek() != channel) {
            unflushed.add(channel);
        }
    }

    void flush() {
        for (Channel channel = unflushed.poll(); channel != null; channel = unflushed.poll()) {
            channel.flush();
        }
    }

    void onClosed(int seat) {
        if (!generator.isClosing()) {
            onTrouble(new IllegalStateException("the connection in seat " + seat + " ended"));
        }
    }

    void onTrouble(Throwable cause) {
        generator.onTrouble(cause);
    }
}
