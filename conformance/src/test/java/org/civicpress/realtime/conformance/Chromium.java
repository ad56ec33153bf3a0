package org.civicpress.realtime.conformance;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A real browser. Confined to the test.
final class Chromium implements AutoCloseable {
    private final Node node = new Node("browser.mjs");
    private int opened;

    Window open(String address) {
        return open(address, 1280, 800, false);
    }

    /// A window of its own profile: nothing is shared with the others but the server.
    Window open(String address, int width, int height, boolean dark) {
        String name = "window-" + ++opened;
        node.ask(
                "open",
                Map.of(
                        "window", name, "url", address, "width", width, "height", height, "dark", dark, "locale",
                        "en-CA"));
        return new Window(name);
    }

    /// The people in these windows write, delete, format and undo at random, one after the other.
    ///
    /// @param seed the same one, the same deeds
    void doAnything(int seed, int steps, Window... among) {
        node.ask("doAnything", Map.of("among", names(among), "seed", seed, "steps", steps));
    }

    /// Waits until the text is the same in all of them.
    void seeTheSame(Window... among) {
        node.ask("seeTheSame", Map.of("among", names(among)));
    }

    private static List<String> names(Window... windows) {
        return Arrays.stream(windows).map(window -> window.name).toList();
    }

    @Override
    public void close() throws Exception {
        node.close();
    }

    /// `what` and `at` are Playwright selectors.
    final class Window {
        private final String name;

        private Window(String name) {
            this.name = name;
        }

        void goesTo(String address) {
            ask("goto", Map.of("url", address));
        }

        void reloads() {
            ask("reload", Map.of());
        }

        void clicks(String at) {
            ask("click", Map.of("at", at));
        }

        void fills(String at, String text) {
            ask("fill", Map.of("at", at, "text", text));
        }

        void presses(String key) {
            ask("press", Map.of("key", key));
        }

        void types(String text) {
            ask("type", Map.of("text", text));
        }

        /// Waits until it is there.
        void shows(String what) {
            ask("shows", Map.of("what", what));
        }

        /// Waits until it is gone.
        void hides(String what) {
            ask("hides", Map.of("what", what));
        }

        int count(String what) {
            return ask("count", Map.of("what", what)).asInt();
        }

        String text(String what) {
            return ask("text", Map.of("what", what)).asString();
        }

        String attribute(String what, String attribute) {
            return ask("attribute", Map.of("what", what, "attribute", attribute))
                    .asString("");
        }

        /// By how many pixels the page is wider than the window.
        int overflow() {
            return ask("overflow", Map.of()).asInt();
        }

        /// Errors and warnings of the console since this was last asked.
        List<String> complaints() {
            return strings(ask("complaints", Map.of()));
        }

        /// Every origin that anything was asked of.
        List<String> asked() {
            return strings(ask("asked", Map.of()));
        }

        void screenshot(Path file) {
            ask("screenshot", Map.of("file", file.toString()));
        }

        void closes() {
            ask("close", Map.of());
        }

        private JsonNode ask(String operation, Map<String, ?> args) {
            Map<String, Object> all = new HashMap<>(args);
            all.put("window", name);
            return node.ask(operation, all);
        }
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
