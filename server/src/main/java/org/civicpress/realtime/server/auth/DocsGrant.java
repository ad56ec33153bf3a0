package org.civicpress.realtime.server.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.server.room.Access;

/// What a token for rooms of type `docs` allows. Immutable.
///
/// @param read patterns of names of documents, in which `*` stands for any characters
/// @param write as `read`; who may write a document may read it
/// @param expires from when on it allows nothing
/// @param subject who
/// @param name how that person is called
public record DocsGrant(
        List<String> read, List<String> write, Instant expires, Optional<String> subject, Optional<String> name) {
    public DocsGrant {
        read = List.copyOf(read);
        write = List.copyOf(write);
    }

    /// What it allows with a document.
    public Access to(String document) {
        if (write.stream().anyMatch(pattern -> matches(pattern, document))) {
            return Access.WRITE;
        }
        return read.stream().anyMatch(pattern -> matches(pattern, document)) ? Access.READ : Access.NONE;
    }

    /// Tries the last `*` again one character further whenever the rest does not fit, so that the work is at
    /// most the product of the lengths.
    static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int starName = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starName = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++starName;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
