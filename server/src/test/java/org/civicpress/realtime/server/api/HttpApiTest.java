package org.civicpress.realtime.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.civicpress.realtime.server.Town;
import org.civicpress.realtime.server.Wire;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HttpApiTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path dir;

    private static Town town;

    @BeforeAll
    static void start() {
        town = Town.start(dir);
    }

    @AfterAll
    static void stop() {
        town.close();
    }

    @Test
    void peopleSignInToTheSampleAndAreWhoTheyAre() throws Exception {
        JsonNode people = json(get("/api/v1/sign-in", null)).path("data").path("users");
        assertThat(people.get(0).path("username").stringValue()).isEqualTo("petra");
        assertThat(people.get(0).path("name").stringValue()).isEqualTo("Petra Quill");

        JsonNode session = json(post("/api/v1/sign-in", "{\"username\":\"noah\"}", "application/json"));
        String token = session.path("data").path("token").stringValue();
        JsonNode me = json(get("/api/v1/me", token)).path("data");
        assertThat(me.path("username").stringValue()).isEqualTo("noah");
        assertThat(me.path("role").stringValue()).isEqualTo("public");
        assertThat(me.path("canEdit").booleanValue()).isFalse();
        assertThat(json(get("/api/v1/me", town.token("petra")))
                        .path("data")
                        .path("canEdit")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void signInTakesNothingThatAForeignPageCouldSend() throws Exception {
        String ask = "{\"username\":\"noah\"}";
        assertThat(post("/api/v1/sign-in", ask, "text/plain").statusCode()).isEqualTo(415);
        assertThat(post("/api/v1/sign-in", "{\"username\":\"nobody\"}", "application/json")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("/api/v1/sign-in", "{\"username\":", "application/json").statusCode())
                .isEqualTo(400);
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw("GET /api/v1/sign-in HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertThat(wire.readHead()).startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void recordsAreListedForThoseWhoMaySeeThem() throws Exception {
        JsonNode records = json(get("/api/v1/records", town.token("petra"))).path("data");
        assertThat(records.size()).isEqualTo(2);
        JsonNode demo =
                json(get("/api/v1/records/wire-demo", town.token("noah"))).path("data");
        assertThat(demo.path("title").stringValue()).isEqualTo("Title of wire-demo");
        assertThat(demo.path("type").stringValue()).isEqualTo("bylaw");
        assertThat(demo.path("updated").stringValue()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(demo.path("access").stringValue()).isEqualTo("read");
        assertThat(demo.path("carried").booleanValue()).isTrue();
        assertThat(demo.path("people").intValue()).isZero();
        assertThat(demo.path("markdown").stringValue()).isEqualTo("# Hi\n\nHello");

        assertThat(json(get("/api/v1/records", town.token("sam"))).path("data").size())
                .isZero();
        assertThat(get("/api/v1/records/wire-demo", town.token("sam")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void whatCannotBeCarriedIsSaidWithReasons() throws Exception {
        JsonNode record =
                json(get("/api/v1/records/with-html", town.token("petra"))).path("data");
        assertThat(record.path("carried").booleanValue()).isFalse();
        assertThat(record.path("readOnlyReasons").size()).isPositive();
    }

    @Test
    void anArchivedRecordCanBeReadOnlyAndSaysSo() throws Exception {
        archive("archived");
        try {
            JsonNode list = json(get("/api/v1/records", town.token("petra"))).path("data");
            List<String> access = new ArrayList<>();
            list.forEach(row -> access.add(
                    row.path("id").stringValue() + " " + row.path("access").stringValue()));
            assertThat(access).containsExactlyInAnyOrder("wire-demo read", "with-html write");
            JsonNode demo =
                    json(get("/api/v1/records/wire-demo", town.token("petra"))).path("data");
            assertThat(demo.path("access").stringValue()).isEqualTo("read");
            assertThat(demo.path("carried").booleanValue()).isTrue();
            assertThat(demo.path("readOnlyReasons").get(0).stringValue()).isEqualTo("This record is archived");
            JsonNode reader =
                    json(get("/api/v1/records/wire-demo", town.token("noah"))).path("data");
            assertThat(reader.path("readOnlyReasons").get(0).stringValue())
                    .isEqualTo("Your role may read this record only");
        } finally {
            archive("draft");
        }
        JsonNode demo =
                json(get("/api/v1/records/wire-demo", town.token("petra"))).path("data");
        assertThat(demo.path("access").stringValue()).isEqualTo("write");
        assertThat(demo.path("readOnlyReasons").isEmpty()).isTrue();
    }

    private static void archive(String status) {
        town.installation().database().write(connection -> {
            try (var statement = connection.prepareStatement("UPDATE records SET status = ? WHERE id = 'wire-demo'")) {
                statement.setString(1, status);
                return statement.executeUpdate();
            }
        });
    }

    @Test
    void whoWritesSeesTheDraft() throws Exception {
        town.installation().drafts().writeBody("with-html", "A draft");
        try {
            assertThat(markdown("petra")).isEqualTo("A draft");
            assertThat(markdown("noah")).startsWith("Before");
        } finally {
            town.installation().database().write(connection -> {
                try (var statement = connection.createStatement()) {
                    return statement.executeUpdate("DELETE FROM record_drafts");
                }
            });
        }
    }

    private static String markdown(String username) throws Exception {
        return json(get("/api/v1/records/with-html", town.token(username)))
                .path("data")
                .path("markdown")
                .stringValue();
    }

    @Test
    void withoutAValidTokenThereIsNothing() throws Exception {
        for (String path : new String[] {"/api/v1/me", "/api/v1/records", "/api/v1/records/wire-demo"}) {
            assertThat(get(path, null).statusCode()).isEqualTo(401);
            assertThat(get(path, "a".repeat(64) + "." + "b".repeat(64)).statusCode())
                    .isEqualTo(401);
        }
        JsonNode error = json(get("/api/v1/me", null));
        assertThat(error.path("success").booleanValue()).isFalse();
        assertThat(error.path("error").path("message").isString()).isTrue();
        assertThat(get("/api/v1/other", null).statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/records/..%2F..%2Fx", town.token("petra")).statusCode())
                .isEqualTo(404);
        assertThat(post("/api/v1/records", "{}", "application/json").statusCode())
                .isEqualTo(405);
    }

    @Test
    void healthSaysThatEditsAreKept() throws Exception {
        HttpResponse<String> answer = get("/health", null);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode health = json(answer);
        assertThat(health.path("status").stringValue()).isEqualTo("healthy");
        assertThat(health.path("rooms").path("maxRooms").intValue()).isEqualTo(100);
        assertThat(health.path("connections").path("total").isNumber()).isTrue();
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    }

    @Test
    void filesOfThePageCarryTheirPolicy() throws Exception {
        HttpResponse<String> page = get("/test-page.txt", null);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).isEqualTo("A file of the page.\n");
        assertThat(page.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(page.headers().firstValue("referrer-policy")).contains("no-referrer");
        assertThat(page.headers().firstValue("cache-control")).contains("no-cache");
        assertThat(get("/assets/test-1234.js", null).headers().firstValue("cache-control"))
                .contains("public, max-age=31536000, immutable");
    }

    @Test
    void pathsDoNotLeaveThePage() throws Exception {
        for (String path : new String[] {
            "/../logback-test.xml",
            "/assets/../../logback-test.xml",
            "//test-page.txt",
            "/assets",
            "/assets/",
            "/.hidden.txt",
            "/%2e%2e/logback-test.xml",
            "/nothing.html"
        }) {
            try (Wire wire = Wire.connect(town.address())) {
                wire.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                assertThat(wire.readAll()).as(path).startsWith("HTTP/1.1 404 ");
            }
        }
    }

    @Test
    void headAnswersWithoutABody() throws Exception {
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw("HEAD /test-page.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(wire.readAll())
                    .startsWith("HTTP/1.1 200 ")
                    .contains("content-length: 20\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws Exception {
        try (Wire wire = Wire.connect(town.address())) {
            String ask =
                    "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            + "GET /test-page.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            wire.raw(ask);
            assertThat(wire.readAll())
                    .containsSubsequence("HTTP/1.1 200 ", "healthy", "HTTP/1.1 404 ", "HTTP/1.1 200 ", "A file of the");
        }
    }

    @Test
    void whatIsTooLargeIsRefused() throws Exception {
        assertThat(post("/api/v1/sign-in", "x".repeat(65_537), "application/json")
                        .statusCode())
                .isEqualTo(413);
        assertThat(refusal("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(refusal("GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(refusal("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    private static String refusal(String request) throws IOException {
        try (Wire wire = Wire.connect(town.address())) {
            wire.raw(request);
            return wire.readHead();
        }
    }

    private static HttpResponse<String> get(String path, String token) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(town.uri(path)));
        if (token != null) {
            request.header("authorization", "Bearer " + token);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body, String type) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(town.uri(path)))
                        .header("content-type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
