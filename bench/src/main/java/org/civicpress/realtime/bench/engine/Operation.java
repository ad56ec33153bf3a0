package org.civicpress.realtime.bench.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.UpdateFormat;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;

/// What is timed, as this engine does it; `peers/worker.mjs` has the same list in the same order. Immutable.
///
/// @param run what is timed, given who listens to the updates of the document
/// @param result of what came of it: bytes that must be those of every other engine
/// @param copies how many of what comes of it are held to see what one costs; 0 when time is measured
record Operation<R>(Function<Consumer<Bytes>, R> run, Function<R, List<Bytes>> result, int copies) {

    /// @param parameters files, and numbers where the operation has some
    static Operation<?> named(String name, UpdateFormat format, List<String> parameters) throws IOException {
        Path file = Path.of(parameters.getFirst());
        return switch (name) {
            case "apply" -> {
                List<Bytes> updates = firstOf(Recording.updates(file), parameters, 1);
                yield edits(format, listener -> {
                    Doc doc = new Doc();
                    doc.onUpdate(format, (update, origin) -> listener.accept(update));
                    for (Bytes update : updates) {
                        doc.apply(update, format, null);
                    }
                    return doc;
                });
            }
            case "load" -> {
                Bytes state = read(file);
                yield edits(format, ignored -> loaded(state, format));
            }
            case "encode" -> {
                Doc doc = loaded(read(file), format);
                yield bytes(() -> doc.state(format));
            }
            case "diff" -> {
                Doc doc = loaded(read(file), format);
                Bytes vector = read(Path.of(parameters.get(1)));
                yield bytes(() -> doc.stateSince(vector, format));
            }
            case "state-vector-of" -> {
                Bytes update = read(file);
                yield bytes(() -> Updates.stateVectorOf(update, format));
            }
            case "diff-update" -> {
                Bytes update = read(file);
                Bytes vector = read(Path.of(parameters.get(1)));
                yield bytes(() -> Updates.diff(update, vector, format));
            }
            case "merge" -> {
                int from = Integer.parseInt(parameters.get(1));
                int count = Integer.parseInt(parameters.get(2));
                List<Bytes> updates = List.copyOf(Recording.updates(file).subList(from, from + count));
                yield bytes(() -> Updates.merge(updates, format));
            }
            case "replay" -> {
                long client = Long.parseLong(parameters.get(1));
                List<Recording.Patch> patches = firstOf(Recording.patches(file), parameters, 2);
                Operation<Doc> replay = edits(format, listener -> {
                    Doc doc = new Doc(client);
                    doc.onUpdate(format, (update, origin) -> listener.accept(update));
                    patches.forEach(patch -> edit(doc, patch));
                    return doc;
                });
                yield new Operation<>(
                        replay.run,
                        doc -> List.of(doc.state(format), utf8(doc.text("text").toString())),
                        0);
            }
            case "format" -> {
                Bytes base = read(file);
                List<Recording.Format> formats = firstOf(Recording.formats(Path.of(parameters.get(1))), parameters, 3);
                long client = Long.parseLong(parameters.get(2));
                yield edits(format, listener -> {
                    Doc doc = new Doc(client);
                    doc.apply(base, format, null);
                    doc.onUpdate(format, (update, origin) -> listener.accept(update));
                    var text = doc.text("text");
                    formats.forEach(edit -> text.format(edit.position(), edit.length(), edit.attributes()));
                    return doc;
                });
            }
            case "memory" -> {
                // Each copy is made from bytes of its own: a document may keep what it was made from.
                byte[] state = Files.readAllBytes(file);
                yield new Operation<>(
                        ignored -> trimmed(loaded(Bytes.copyOf(state), format)),
                        doc -> List.of(doc.state(format)),
                        Integer.parseInt(parameters.get(1)));
            }
            default -> throw new IllegalArgumentException("there is no operation " + name);
        };
    }

    private static Operation<Doc> edits(UpdateFormat format, Function<Consumer<Bytes>, Doc> run) {
        return new Operation<>(run, doc -> List.of(doc.state(format)), 0);
    }

    private static Operation<Bytes> bytes(Supplier<Bytes> run) {
        return new Operation<>(ignored -> run.get(), List::of, 0);
    }

    private static Doc loaded(Bytes state, UpdateFormat format) {
        Doc doc = new Doc();
        doc.apply(state, format, null);
        return doc;
    }

    private static Doc trimmed(Doc doc) {
        doc.trim();
        return doc;
    }

    private static void edit(Doc doc, Recording.Patch patch) {
        doc.transact(
                () -> {
                    var text = doc.text("text");
                    if (patch.deleted() > 0) {
                        text.delete(patch.position(), patch.deleted());
                    }
                    if (!patch.inserted().isEmpty()) {
                        text.insert(patch.position(), patch.inserted());
                    }
                },
                null);
    }

    /// As many entries as the parameter says, or all.
    private static <T> List<T> firstOf(List<T> entries, List<String> parameters, int index) {
        return index < parameters.size()
                ? List.copyOf(entries.subList(0, Integer.parseInt(parameters.get(index))))
                : entries;
    }

    private static Bytes read(Path file) throws IOException {
        return Bytes.wrap(Files.readAllBytes(file));
    }

    private static Bytes utf8(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
