package org.civicpress.realtime.server.api;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.civicpress.realtime.server.net.HttpAnswer;
import org.civicpress.realtime.server.ops.Patience;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.civicpress.realtime.server.store.WebhookFile;
import org.civicpress.realtime.server.webhooks.Webhooks;
import org.jspecify.annotations.Nullable;

/// Whom the server tells over HTTP, and what it could not tell. Shared; waits for the thread of the webhooks.
///
/// ```
/// GET  <nothing>
/// GET  dead
/// POST dead/<id>/retry
/// ```
public final class WebhooksApi {
    private final Optional<Webhooks> webhooks;

    /// @param webhooks empty when there is nobody to tell
    public WebhooksApi(Optional<Webhooks> webhooks) {
        this.webhooks = webhooks;
    }

    /// @param path what follows `webhooks`
    /// @throws UnavailableException when it cannot be known now
    HttpAnswer answer(String method, List<String> path) {
        boolean isGet = method.equals("GET") || method.equals("HEAD");
        if (path.isEmpty()) {
            return isGet ? report() : Json.methodNotAllowed();
        }
        if (path.equals(List.of("dead"))) {
            return isGet ? dead() : Json.methodNotAllowed();
        }
        if (path.size() == 3 && path.get(0).equals("dead") && path.get(2).equals("retry")) {
            return method.equals("POST") ? retry(path.get(1)) : Json.methodNotAllowed();
        }
        return Json.notFound();
    }

    private HttpAnswer report() {
        Webhooks.Report report =
                webhooks.map(told -> Patience.await(told.report())).orElseGet(() -> new Webhooks.Report(List.of(), 0));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("targets", report.targets().stream().map(WebhooksApi::target).toList());
        data.put("dead", report.dead());
        return Json.success(data);
    }

    private static Map<String, @Nullable Object> target(WebhookFile.Target target) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("target", target.shown());
        fields.put("waiting", target.waiting());
        fields.put("failures", target.failures());
        fields.put("nextTry", target.failures() == 0 ? null : time(OptionalLong.of(target.notBefore())));
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("error", target.lastError().orElse(null));
        error.put("time", time(target.lastErrorAt()));
        fields.put("lastError", target.lastError().isEmpty() ? null : error);
        fields.put("lastSuccess", time(target.lastSuccessAt()));
        return fields;
    }

    private HttpAnswer dead() {
        Webhooks.DeadLetters letters = webhooks.map(told -> Patience.await(told.deadLetters()))
                .orElseGet(() -> new Webhooks.DeadLetters(0, List.of()));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("total", letters.total());
        data.put("dead", letters.letters().stream().map(WebhooksApi::letter).toList());
        return Json.success(data);
    }

    private static Map<String, @Nullable Object> letter(WebhookFile.Dead letter) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", letter.seq());
        fields.put("target", letter.target());
        fields.put("event", letter.name());
        fields.put("tries", letter.tries());
        fields.put("error", letter.error());
        fields.put("time", time(OptionalLong.of(letter.diedAt())));
        fields.put("message", Json.tree(letter.body()));
        return fields;
    }

    private static @Nullable String time(OptionalLong millis) {
        return millis.isEmpty()
                ? null
                : Instant.ofEpochMilli(millis.getAsLong()).toString();
    }

    private HttpAnswer retry(String id) {
        if (webhooks.isEmpty() || !id.matches("[0-9]{1,18}")) {
            return Json.notFound();
        }
        return switch (Patience.await(webhooks.get().retry(Long.parseLong(id)))) {
            case DONE -> Json.success(Map.of());
            case THERE_IS_NONE -> Json.notFound();
            case TARGET_IS_GONE ->
                Json.failure(409, "TARGET_GONE", "realtime.yml does not name the target of this event any more");
        };
    }
}
