package org.civicpress.realtime.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.civicpress.realtime.server.store.WebhookFile;

/// What the file of the webhooks holds, for a person. Confined to its command's thread.
final class WebhookList {
    private static final int MOST_DEAD_LETTERS = 1_000;

    private final PrintStream out;

    WebhookList(PrintStream out) {
        this.out = out;
    }

    void print(Path path) {
        Optional<WebhookFile> found = WebhookFile.look(path);
        if (found.isEmpty()) {
            out.println("no webhooks: realtime.yml names no target, or no server has run since it does");
            return;
        }
        try (WebhookFile file = found.get()) {
            file.targets().forEach(this::print);
            long dead = file.deadCount();
            out.println(
                    dead == 0
                            ? "no dead letters"
                            : dead + (dead == 1 ? " dead letter" : " dead letters") + ", the newest first"
                                    + (dead > MOST_DEAD_LETTERS ? ", of which these are " + MOST_DEAD_LETTERS : ""));
            file.dead(MOST_DEAD_LETTERS).forEach(this::print);
        }
    }

    private void print(WebhookFile.Target target) {
        out.printf(
                "%s: %d waiting, last success %s, last error %s%n",
                target.shown(),
                target.waiting(),
                time(target.lastSuccessAt()),
                target.lastError()
                        .map(error -> time(target.lastErrorAt()) + " (" + error + ")"
                                + (target.failures() > 1 ? ", " + target.failures() + " in a row" : ""))
                        .orElse("never"));
    }

    private void print(WebhookFile.Dead letter) {
        out.printf(
                "%d %s %s after %d tries: %s %s%n",
                letter.seq(),
                time(OptionalLong.of(letter.diedAt())),
                letter.target(),
                letter.tries(),
                letter.error(),
                letter.body());
    }

    private static String time(OptionalLong millis) {
        return millis.isEmpty()
                ? "never"
                : Instant.ofEpochMilli(millis.getAsLong()).toString();
    }
}
