package org.civicpress.realtime.civicpress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The installation's root secret and the keys made from it. The secret itself never leaves this class and is in no
/// message. Immutable.
final class Secrets {
    private static final Pattern RULE = Pattern.compile("[0-9a-fA-F]{64,}");
    private static final String RULE_TEXT = "at least 64 hexadecimal digits";
    private static final byte[] SALT = "civicpress-secrets-v1".getBytes(StandardCharsets.US_ASCII);

    private final byte[] root;
    private final byte[] sessionKey;

    private Secrets(byte[] root) {
        this.root = root;
        this.sessionKey = derivedKey("session", "signing");
    }

    static Secrets ofHex(String hex) {
        // An odd digit at the end is half a byte: like the reference's decoder, leave it out.
        return new Secrets(HexFormat.of().parseHex(hex.substring(0, hex.length() & ~1)));
    }

    /// The first that exists: `CIVICPRESS_SECRET`, the file named by `CIVICPRESS_SECRET_FILE`, `secret` in
    /// `secrets.yml`. None is ever made up here: sessions signed with another secret than CivicPress's own would
    /// all be invalid.
    static Secrets find(Path secretsFile, Map<String, String> environment) {
        String direct = environment.get("CIVICPRESS_SECRET");
        if (direct != null && !direct.isEmpty()) {
            return ofHex(checked(direct, "the environment variable CIVICPRESS_SECRET"));
        }
        String file = environment.get("CIVICPRESS_SECRET_FILE");
        if (file != null && !file.isEmpty()) {
            String place = "the file " + file + " named by CIVICPRESS_SECRET_FILE";
            try {
                return ofHex(checked(Files.readString(Path.of(file)).strip(), place));
            } catch (IOException | java.nio.file.InvalidPathException e) {
                throw new InstallationException("cannot read " + place + ": make it readable or unset the variable", e);
            }
        }
        return ofHex(fromYaml(secretsFile));
    }

    private static String fromYaml(Path file) {
        if (!Files.exists(file)) {
            throw new InstallationException(
                    file + " is missing: it holds the key `secret` that session tokens are signed with. "
                            + "Restore it from a backup, or set CIVICPRESS_SECRET to the secret that CivicPress uses");
        }
        try {
            Object secret = Yaml.loadMap(Files.readString(file)).get("secret");
            if (secret == null) {
                throw new InstallationException(
                        file + " has no key `secret`: restore it from a backup, or set CIVICPRESS_SECRET");
            }
            return checked(secret.toString().strip(), file + ", key `secret`,");
        } catch (IOException e) {
            throw new InstallationException(
                    "cannot read " + file + ": let this user read it, or set CIVICPRESS_SECRET", e);
        } catch (Yaml.Malformed e) {
            // Not the parser's own words: they may quote the secret.
            throw new InstallationException(
                    file + ", line " + e.line() + ", is not valid YAML: restore it from a backup, "
                            + "or set CIVICPRESS_SECRET",
                    e);
        }
    }

    private static String checked(String secret, String place) {
        if (!RULE.matcher(secret).matches()) {
            throw new InstallationException(place + " must be " + RULE_TEXT + ": copy the secret that CivicPress uses");
        }
        return secret;
    }

    /// HKDF-SHA-256 of the root secret, 32 bytes, for `<scope>:<purpose>`.
    byte[] derivedKey(String scope, String purpose) {
        byte[] info = (scope + ":" + purpose).getBytes(StandardCharsets.US_ASCII);
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(root)
                            .addSalt(SALT)
                            .thenExpand(info, 32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HKDF-SHA256", e);
        }
    }

    /// The signature half of a session token whose other half is `raw`.
    String sign(String raw) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(sessionKey, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(raw.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
    }
}
