package org.civicpress.realtime.civicpress;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The installation's users. Shared: any platform thread; each call reads the database.
public final class Users {
    static final String COLUMNS = "u.id, u.username, u.role, u.email, u.name, u.avatar_url, u.email_verified";

    private final CivicDatabase database;

    Users(CivicDatabase database) {
        this.database = database;
    }

    public Optional<User> find(String username) {
        return database.read(connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS + " FROM users u WHERE username = ?")) {
                query.setString(1, username);
                try (var rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(user(rows)) : Optional.empty();
                }
            }
        });
    }

    public Optional<User> find(long id) {
        return database.read(connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS + " FROM users u WHERE id = ?")) {
                query.setLong(1, id);
                try (var rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(user(rows)) : Optional.empty();
                }
            }
        });
    }

    /// Everyone, in the order they were added.
    public List<User> all() {
        return database.read(connection -> {
            try (var query = connection.prepareStatement("SELECT " + COLUMNS + " FROM users u ORDER BY id");
                    var rows = query.executeQuery()) {
                var users = new ArrayList<User>();
                while (rows.next()) {
                    users.add(user(rows));
                }
                return List.copyOf(users);
            }
        });
    }

    static User user(ResultSet row) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("username"),
                row.getString("role"),
                row.getString("email"),
                row.getString("name"),
                row.getString("avatar_url"),
                row.getBoolean("email_verified"));
    }
}
