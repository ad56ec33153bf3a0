package org.civicpress.realtime.server.webhooks;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// Brings a message to a target. Shared; returns at once.
interface Sender {
    /// @return never fails: what goes wrong is an answer
    CompletableFuture<Answer> send(Target target, Message message);

    /// @param id the same at every try
    /// @param body JSON
    record Message(String id, String body) {}

    /// What became of a try.
    sealed interface Answer {
        /// @param retryAfterMillis how long the target asks to be left alone
        record Status(int status, OptionalLong retryAfterMillis) implements Answer {}

        /// @param why in words for people, without anything of the URL
        record None(String why) implements Answer {}
    }
}
