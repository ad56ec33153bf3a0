package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/// A real database in which a test changes what it is about by overriding it.
class WrappedDatabase implements Database {
    private final Database real;

    WrappedDatabase(Database real) {
        this.real = real;
    }

    @Override
    public Connection writer() throws SQLException {
        return real.writer();
    }

    @Override
    public void begin(Statement writing) throws SQLException {
        real.begin(writing);
    }

    @Override
    public boolean isCommitted(Statement writing) throws SQLException {
        return real.isCommitted(writing);
    }

    @Override
    public void rollback(Statement writing) throws SQLException {
        real.rollback(writing);
    }

    @Override
    public void verify() throws SQLException {
        real.verify();
    }

    @Override
    public void returnFreeSpace(Statement writing) throws SQLException {
        real.returnFreeSpace(writing);
    }

    @Override
    public void checkpoint(Statement writing, boolean isLast) throws SQLException {
        real.checkpoint(writing, isLast);
    }

    @Override
    public <T> T read(Reading<T> reading) throws SQLException {
        return real.read(reading);
    }

    @Override
    public Optional<String> damage() {
        return real.damage();
    }

    @Override
    public Failure failure(SQLException e) {
        return real.failure(e);
    }

    @Override
    public String explain(SQLException e) {
        return real.explain(e);
    }

    @Override
    public void close() {
        real.close();
    }
}
