package org.civicpress.realtime.server.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs messages as the Standard Webhooks specification has it. Immutable.
///
/// ```
/// signature := "v1," base64(HMAC-SHA256(key, id "." seconds "." body))
/// secret    := "whsec_" base64(key) | key
/// ```
final class Signature {
    private static final String ENCODED = "whsec_";

    private final SecretKeySpec key;

    /// @throws IllegalArgumentException when it begins with `whsec_` and goes on with what is not base64
    Signature(String secret) {
        byte[] bytes = secret.startsWith(ENCODED)
                ? Base64.getDecoder().decode(secret.substring(ENCODED.length()))
                : secret.getBytes(StandardCharsets.UTF_8);
        key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /// @param seconds since the epoch, of this try
    String of(String id, long seconds, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] signed = mac.doFinal((id + "." + seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
