package org.civicpress.realtime.server.webhooks;

import java.net.ConnectException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// Sends messages over HTTP, signed. Redirects are not followed: who is told is what `realtime.yml` says. Of an answer
/// only the status counts, and that it comes in time. Shared.
final class HttpSender implements Sender, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int LONGEST_BODY = 64 << 10;

    private final Signature signature;
    private final Clock clock;
    private final Duration timeout;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /// @param timeout of one try
    HttpSender(Signature signature, Clock clock, Duration timeout) {
        this.signature = signature;
        this.clock = clock;
        this.timeout = timeout;
    }

    @Override
    public CompletableFuture<Answer> send(Target target, Message message) {
        try {
            return trySending(target, message);
        } catch (IllegalArgumentException e) {
            // a URL that is one, but leads nowhere: a port above 65535
            return CompletableFuture.completedFuture(new Answer.None("the URL cannot be used"));
        }
    }

    private CompletableFuture<Answer> trySending(Target target, Message message) {
        long seconds = clock.millis() / 1000;
        HttpRequest.Builder request = HttpRequest.newBuilder(withoutUser(target.url()))
                .timeout(timeout)
                .header("content-type", "application/json")
                .header("user-agent", "civic-realtime")
                .header("webhook-id", message.id())
                .header("webhook-timestamp", Long.toString(seconds))
                .header("webhook-signature", signature.of(message.id(), seconds, message.body()))
                .POST(BodyPublishers.ofString(message.body()));
        basic(target.url()).ifPresent(basic -> request.header("authorization", basic));
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        var sending = client.sendAsync(request.build(), head -> {
            answer.complete(new Answer.Status(head.statusCode(), retryAfter(head.headers())));
            return BodyHandlers.limiting(BodyHandlers.discarding(), LONGEST_BODY)
                    .apply(head);
        });
        sending.copy().orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS).whenComplete((ignored, e) -> {
            if (e != null) {
                answer.complete(new Answer.None(why(e)));
                sending.cancel(true); // a body that does not end
            }
        });
        return answer;
    }

    private static URI withoutUser(URI url) {
        String text = url.toString();
        int end = text.indexOf('#');
        text = end < 0 ? text : text.substring(0, end);
        String user = url.getRawUserInfo();
        return URI.create(user == null ? text : text.replaceFirst("//[^/?#]*@", "//"));
    }

    private static Optional<String> basic(URI url) {
        return Optional.ofNullable(url.getRawUserInfo())
                .map(user -> URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8))
                .map(user -> "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private OptionalLong retryAfter(HttpHeaders headers) {
        Optional<String> value = headers.firstValue("retry-after").map(String::strip);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get().matches("[0-9]{1,9}")) {
            return OptionalLong.of(1000 * Long.parseLong(value.get()));
        }
        try {
            Instant until = ZonedDateTime.parse(value.get(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return OptionalLong.of(Math.max(0, until.toEpochMilli() - clock.millis()));
        } catch (DateTimeParseException e) {
            return OptionalLong.empty();
        }
    }

    /// The exception's own words may hold parts of the URL.
    private static String why(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return switch (cause) {
            case HttpTimeoutException _, java.util.concurrent.TimeoutException _ -> "no answer in time";
            case ConnectException _ -> "cannot be reached";
            case SSLException _ -> "no trusted TLS connection";
            default -> "no answer (" + cause.getClass().getSimpleName() + ")";
        };
    }

    /// What is under way is given up.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
