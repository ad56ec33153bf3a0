package org.civicpress.realtime.civicpress;

import org.jspecify.annotations.Nullable;

/// A person as the installation knows them. Immutable.
public record User(
        long id,
        String username,
        String role,
        @Nullable String email,
        @Nullable String name,
        @Nullable String avatarUrl,
        boolean emailVerified) {
    /// What to call this person: the name, or the user name of someone who gave none.
    public String displayName() {
        return name == null || name.isBlank() ? username : name;
    }
}
