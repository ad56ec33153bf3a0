package org.civicpress.realtime.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/// The database that a journal is kept in: all that differs between one kind and another. What they have in common
/// are the tables and their columns, and so the statements of [JournalWriter] and [JournalReader].
///
/// An open database is this server's alone: no second server writes it. Shared, except that what concerns the
/// writer's connection belongs to the writer's thread.
interface Database extends AutoCloseable {
    /// A connection for the one writer, in which nothing is begun; again after each failure that may have broken the
    /// last one. The writer closes it.
    ///
    /// @throws SQLException also when the database must not be written now because it is not this server's any more
    Connection writer() throws SQLException;

    /// Begins a transaction of the writer's.
    void begin(Statement writing) throws SQLException;

    /// Did the transaction that was begun last become durable although its commit failed? The answer to a commit may be
    /// lost on its way. Asked outside a transaction. A no may be wrong: then the writer looks for what it wrote.
    boolean isCommitted(Statement writing) throws SQLException;

    /// Undoes the writer's transaction, also one that its failure ended already.
    void rollback(Statement writing) throws SQLException;

    /// Asked after each commit, before anybody hears of it.
    ///
    /// @throws SQLException when what was committed has not reached what will be read at the next start
    void verify() throws SQLException;

    /// Gives back to the disk what compaction freed, a little at a time, so that no commit is long. Inside a
    /// transaction of the writer's.
    void returnFreeSpace(Statement writing) throws SQLException;

    /// Brings what was committed to the place where it stays, when much of it has gathered where commits go first.
    /// Outside
    /// a transaction, after those who waited for the last one were told: no commit waits for it.
    ///
    /// @param isLast the writer ends: all of it
    void checkpoint(Statement writing, boolean isLast) throws SQLException;

    /// Reads on a connection of its own that cannot change anything. On the caller's thread, while others read and
    /// the writer writes.
    <T> T read(Reading<T> reading) throws SQLException;

    /// Looks at all of it for damage that no reader of a room would notice. On the caller's thread; takes as long as
    /// reading everything does.
    ///
    /// @return what is wrong, in half a line; empty when nothing is, and for a database that sees to that itself
    Optional<String> damage();

    /// What a statement that failed says about its work and its connection.
    Failure failure(SQLException e);

    /// What is wrong and what an operator can do about it, in half a line without secrets.
    String explain(SQLException e);

    /// Lets the readers go, and last the database itself, which another server may then open.
    @Override
    void close();

    /// Something that is read.
    interface Reading<T> {
        T from(JournalReader reader) throws SQLException;
    }

    /// Why a transaction failed.
    enum Failure {
        /// What was to be written cannot be written, now or later.
        OF_THE_WORK,
        /// The database cannot do it now. After a rollback the connection is as good as before.
        PASSING,
        /// The connection is not to be trusted again.
        OF_THE_CONNECTION
    }
}
