package org.civicpress.realtime.crdt;

/// Where structs go that come one after the other: into an update that stays taken apart ([Rows]), or into bytes
/// ([UpdateEncoder]). A new block begins where the client changes. Confined to its user.
abstract class UpdateSink {
    /// Has no struct come yet? Then the fields below mean nothing.
    boolean empty = true;

    /// Of the last struct.
    long client;
    /// The clock after the last struct.
    long end;

    boolean endsInGc;

    /// A struct of an update that was taken apart, without its first `offset` units.
    abstract void add(DecodedUpdate from, long client, int index, long offset);

    /// A gap in front of what comes next of the same client.
    abstract void skip(long length);

    /// Makes the last struct longer, which is a Gc.
    abstract void growGc(long more);

    static final class Rows extends UpdateSink {
        private final DecodedUpdate out = new DecodedUpdate();

        DecodedUpdate update() {
            return out;
        }

        @Override
        void add(DecodedUpdate from, long client, int index, long offset) {
            if (empty || client != this.client) {
                out.beginBlock(client);
            }
            out.addFrom(from, client, index, offset);
            empty = false;
            this.client = client;
            end = from.clock[index] + from.length[index];
            endsInGc = from.kind[index] == Content.GC;
        }

        @Override
        void skip(long length) {
            out.addBare(Content.SKIP, end, length);
            end += length;
            endsInGc = false;
        }

        @Override
        void growGc(long more) {
            out.length[out.size - 1] += more;
            end += more;
        }
    }
}
