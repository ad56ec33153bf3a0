package org.civicpress.realtime.server.api;

import java.util.List;

/// Reads the configuration again while the server runs. Shared; reads files.
public interface Reloading {
    /// @throws RuntimeException with one line for people when something in it is wrong; then all stays as it was
    Outcome reload();

    /// @param changed the keys that have other values now, which are in force
    /// @param needRestart the keys that have other values in the file, which come into force at the next start
    record Outcome(List<String> changed, List<String> needRestart) {}
}
