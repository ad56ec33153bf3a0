package org.civicpress.realtime.server.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.markdown.CivicMarkdown;

/// What of a Markdown text the editor could not carry, remembered for the texts asked about last. Shared.
final class Carrying {
    private static final int REMEMBERED = 4096;

    private final Map<Bytes, List<String>> known = Collections.synchronizedMap(new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, List<String>> eldest) {
            return size() > REMEMBERED;
        }
    });

    /// Sentences for people; none when everything can be carried.
    List<String> losses(String markdown) {
        Bytes hash = sha256(markdown);
        List<String> losses = known.get(hash);
        if (losses == null) {
            losses = CivicMarkdown.parse(markdown).losses();
            known.put(hash, losses);
        }
        return losses;
    }

    private static Bytes sha256(String text) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
