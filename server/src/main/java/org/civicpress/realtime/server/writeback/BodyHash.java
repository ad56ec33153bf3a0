package org.civicpress.realtime.server.writeback;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// How a body is recognised again: SHA-256 of its UTF-8.
public final class BodyHash {
    private BodyHash() {}

    public static Bytes of(String body) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
