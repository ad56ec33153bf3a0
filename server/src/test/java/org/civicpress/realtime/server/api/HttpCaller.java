package org.civicpress.realtime.server.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A program that calls the API of a server. Confined to its test.
record HttpCaller(InetSocketAddress server) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param body of the answer
    record Answer(int status, JsonNode body) {
        JsonNode data() {
            return body.path("data");
        }

        String error() {
            return body.path("error").path("message").stringValue("");
        }
    }

    /// @param path below `/api/v1/`
    Answer get(String path, @Nullable String token) throws IOException, InterruptedException {
        return ask(request(path, token).GET());
    }

    Answer post(String path, @Nullable String token) throws IOException, InterruptedException {
        return ask(request(path, token).POST(BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path, @Nullable String token) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + "/api/v1/" + path));
        if (token != null) {
            request.header("authorization", "Bearer " + token);
        }
        return request;
    }

    private static Answer ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = CLIENT.send(request.build(), BodyHandlers.ofString());
        return new Answer(answer.statusCode(), JsonMapper.shared().readTree(answer.body()));
    }
}
