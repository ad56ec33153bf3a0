package org.civicpress.realtime.server.store;

/// Is told how far something has come that may take long, often, on the thread that does it.
public interface Progress {
    /// Nobody wants to know.
    Progress UNSEEN = (what, done, total) -> {};

    /// @param what is being done with what, as in `rooms read`
    /// @param total 0 when it is not known
    void at(String what, long done, long total);
}
