package org.civicpress.realtime.crdt;

/// Client ids for documents that are made from something else, a file for example, and always the same from the
/// same. Whoever makes such a document under an id of this form can tell later, from a state vector alone, whether
/// another document was made from the same: it has the same id, or none of this form, or another one.
///
/// ```
/// id := 0x1c1b1c (21 bits) hash (32 bits)
/// ```
///
/// Yjs 13 draws ids of 32 bits, so it never draws one of these; Yjs 14 draws 53 bits and does once in two million.
public final class SeedClient {
    private static final long PREFIX = 0x1c1b1cL;

    private SeedClient() {}

    /// @param hash of what the document is made from and how, any 32 bits
    public static long of(int hash) {
        return PREFIX << 32 | Integer.toUnsignedLong(hash);
    }

    public static boolean is(long client) {
        return client >>> 32 == PREFIX;
    }
}
