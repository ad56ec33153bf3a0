package org.civicpress.realtime.server.auth;

import com.nimbusds.jose.JWSAlgorithm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.civicpress.realtime.server.ops.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys at a URL. They are fetched when a token names one that is not known, and when those known are older than
/// [#CACHE]: so a new key serves at once, and one that was taken out ends after that time. While they cannot be
/// fetched those known before go on.
///
/// Whoever asks first fetches, on its own thread and for [#TIMEOUT] at most; at the same time, and within
/// [#PAUSE], all others are answered from what is known. So tokens that name any key cannot make it fetch all
/// the time, and a URL that hangs holds up one asker, not all. Shared: its lock is held for a few assignments.
final class JwkUrl implements JwkSource {
    static final Duration CACHE = Duration.ofMinutes(5);
    static final Duration PAUSE = Duration.ofSeconds(10);
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(JwkUrl.class);
    private static final int OK = 200;

    private final URI url;
    private final Clock clock;
    private final Duration timeout;

    private JwkSet set = JwkSet.EMPTY;
    private long fetchedMillis = Long.MIN_VALUE; // the set that is known
    private long triedMillis = Long.MIN_VALUE;
    private boolean isFetching;
    private boolean isFailing;

    JwkUrl(URI url, Clock clock, Duration timeout) {
        this.url = url;
        this.clock = clock;
        this.timeout = timeout;
    }

    @Override
    public List<JwkSet.Key> find(JWSAlgorithm algorithm, Optional<String> id) {
        if (algorithm.equals(JWSAlgorithm.HS256)) {
            return List.of(); // what everybody can fetch is no secret
        }
        if (begin(algorithm, id)) {
            fetch();
        }
        return known(algorithm, id);
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    private synchronized boolean begin(JWSAlgorithm algorithm, Optional<String> id) {
        long now = clock.millis();
        boolean isWanted =
                isOver(fetchedMillis, CACHE, now) || set.fitting(algorithm, id).isEmpty();
        if (!isWanted || isFetching || !isOver(triedMillis, PAUSE, now)) {
            return false;
        }
        isFetching = true;
        triedMillis = now;
        return true;
    }

    /// Also when it never began, or the clock was put back since.
    private static boolean isOver(long since, Duration time, long now) {
        return since == Long.MIN_VALUE || now < since || now - since >= time.toMillis();
    }

    private synchronized List<JwkSet.Key> known(JWSAlgorithm algorithm, Optional<String> id) {
        List<JwkSet.Key> keys = set.fitting(algorithm, id);
        if (keys.isEmpty() && (isFailing || isFetching || fetchedMillis == Long.MIN_VALUE)) {
            throw new UnavailableException("the keys for this token cannot be fetched now; try again");
        }
        return keys;
    }

    private void fetch() {
        try {
            JwkSet fetched = JwkSet.parse(get(), false);
            succeeded(fetched);
        } catch (IOException | ParseException | RuntimeException e) {
            failed(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        } finally {
            end();
        }
    }

    /// Each fetch has a client of its own, so that nothing of it is left, whatever the other side does.
    private byte[] get() throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        try {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Accept", "application/json")
                    .timeout(timeout)
                    .build();
            var body = HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), JwkSet.MAX_BYTES);
            HttpResponse<byte[]> response = client.sendAsync(request, body)
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            if (response.statusCode() != OK) {
                throw new IOException("it answered " + response.statusCode());
            }
            return response.body();
        } catch (CompletionException e) {
            throw new IOException(
                    e.getCause() instanceof TimeoutException
                            ? "it did not answer within " + timeout.toMillis() + " ms"
                            : String.valueOf(e.getCause()),
                    e);
        } finally {
            client.shutdownNow();
        }
    }

    private synchronized void succeeded(JwkSet fetched) {
        if (fetchedMillis == Long.MIN_VALUE || isFailing) {
            LOG.info("fetched {} keys for docs rooms from {}", fetched.size(), url.getHost());
        }
        fetched.leftOut().forEach(why -> LOG.debug("the keys at {}: {}", url.getHost(), why));
        set = fetched;
        fetchedMillis = clock.millis();
        isFailing = false;
    }

    private synchronized void failed(String why) {
        if (!isFailing) {
            LOG.warn(
                    "the keys for docs rooms cannot be fetched from {}: {}; the {} known before go on",
                    url.getHost(),
                    why,
                    set.size());
        }
        isFailing = true;
    }

    private synchronized void end() {
        isFetching = false;
    }
}
