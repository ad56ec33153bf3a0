package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Text with marks, embedded values and nested types. Positions count UTF-16 units; an embedded thing counts
/// one. A position beyond the end is behind everything, also behind the marks that end there. Confined to its
/// [Doc].
public sealed class YText extends YType permits YXmlText {
    private @Nullable Preparation preliminary;

    /// What was done while this was in no document.
    private static final class Preparation {
        final List<Consumer<YText>> edits = new ArrayList<>();
        final List<YType> types = new ArrayList<>(0);
    }

    /// A text that is in no document yet. What is done to it shows when it is in one.
    public YText() {}

    /// The same, with its first characters.
    public YText(String text) {
        prepare(self -> self.insert(0, text));
    }

    /// With the marks that hold at the place. Nothing happens for an empty text.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void insert(int index, String text) {
        if (text.isEmpty()) {
            return;
        }
        edit(
                index,
                (cursor, self) -> cursor.insert(
                        Content.STRING, TextContent.of(text), text.length(), new LinkedHashMap<>(cursor.attributes())));
    }

    /// With exactly these marks.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void insert(int index, String text, Map<String, Any> attributes) {
        if (text.isEmpty()) {
            return;
        }
        edit(index, (cursor, self) -> cursor.insert(Content.STRING, TextContent.of(text), text.length(), attributes));
    }

    /// Several runs one behind the other, each with exactly its marks: what Yjs makes of a delta of inserts.
    /// It is not the same as inserting them one by one, which would put a run inside the marks of the one
    /// before it.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void insert(int index, List<Delta.Text> runs) {
        edit(index, (cursor, self) -> {
            for (Delta.Text run : runs) {
                if (!run.text().isEmpty()) {
                    cursor.insert(
                            Content.STRING,
                            TextContent.of(run.text()),
                            run.text().length(),
                            run.attributes());
                }
            }
        });
    }

    /// Puts in a value that counts one unit: an image, say. Without marks.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void insertEmbed(int index, Any value) {
        insertEmbed(index, value, Map.of());
    }

    /// With exactly these marks.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void insertEmbed(int index, Any value, Map<String, Any> attributes) {
        edit(index, (cursor, self) -> cursor.insert(Content.EMBED, value, 1, attributes));
    }

    /// Puts in a type that counts one unit. Without marks.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    /// @throws IllegalArgumentException when the type is in a document already, stands in two places, or
    ///     brings along types nested deeper than 160
    public final void insertType(int index, YType type) {
        insertType(index, type, Map.of());
    }

    /// With exactly these marks.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    /// @throws IllegalArgumentException as without marks
    public final void insertType(int index, YType type, Map<String, Any> attributes) {
        take(List.of(type));
        edit(index, (cursor, self) -> cursor.insert(Content.TYPE, type, 1, attributes));
    }

    /// Sets marks on a range; null takes a mark away. Nothing happens at the end of the text.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void format(int index, int units, Map<String, Any> attributes) {
        if (units == 0) {
            return;
        }
        edit(index, (cursor, self) -> {
            if (!cursor.isAtEnd()) {
                cursor.format(units, attributes);
            }
        });
    }

    /// Deletes up to `units` units; fewer when the text ends before.
    ///
    /// @throws IndexOutOfBoundsException when `index` is negative
    public final void delete(int index, int units) {
        if (units == 0) {
            return;
        }
        edit(index, (cursor, self) -> cursor.delete(units));
    }

    /// Walks through the text and does what each step says: the way to make several changes at once, and to
    /// bring in the delta of a [YTextEvent] of another text. Retaining beyond the end inserts line feeds.
    ///
    /// @throws IllegalArgumentException as [#insertType(int, YType)]
    public final void applyDelta(List<? extends Delta.Op> delta) {
        applyDelta(delta, true);
    }

    /// @param keepLineFeed false leaves out the line feed that ends the last step when it is inserted at the
    /// end of
    ///     the text: editors that always show one there need not have it twice. (Yjs: `sanitize`.)
    public final void applyDelta(List<? extends Delta.Op> delta, boolean keepLineFeed) {
        List<Delta.Op> steps = List.copyOf(delta);
        take(typesIn(steps));
        if (isIntegrated()) {
            apply(steps, keepLineFeed);
        } else {
            // As in Yjs, which forgets there what was said about the line feed.
            prepare(self -> self.apply(steps, true));
        }
    }

    private static List<YType> typesIn(List<Delta.Op> delta) {
        List<YType> types = new ArrayList<>(0);
        for (Delta.Op op : delta) {
            if (op instanceof Delta.Type(var type, var ignored)) {
                types.add(type);
            }
        }
        return types;
    }

    private void take(List<YType> types) {
        Preliminary.check(this, types);
        if (!isIntegrated() && !types.isEmpty()) {
            preparation().types.addAll(types);
        }
    }

    private void apply(List<Delta.Op> steps, boolean keepLineFeed) {
        doc().edit(transaction -> {
            TextCursor cursor = new TextCursor(transaction, this);
            for (int i = 0; i < steps.size(); i++) {
                step(cursor, steps.get(i), keepLineFeed || i < steps.size() - 1);
            }
        });
    }

    private static void step(TextCursor cursor, Delta.Op op, boolean keepLineFeed) {
        switch (op) {
            case Delta.Text(var text, var attributes) -> {
                boolean cut = !keepLineFeed && cursor.isAtEnd() && text.endsWith("\n");
                String inserted = cut ? text.substring(0, text.length() - 1) : text;
                if (!inserted.isEmpty()) {
                    cursor.insert(Content.STRING, TextContent.of(inserted), inserted.length(), attributes);
                }
            }
            case Delta.Embed(var value, var attributes) -> cursor.insert(Content.EMBED, value, 1, attributes);
            case Delta.Type(var type, var attributes) -> cursor.insert(Content.TYPE, type, 1, attributes);
            case Delta.Retain(var units, var attributes) -> cursor.format(units, attributes);
            case Delta.Delete(var units) -> cursor.delete(units);
        }
    }

    private interface Edit {
        void run(TextCursor cursor, YText self);
    }

    private void edit(int index, Edit edit) {
        if (!isIntegrated()) {
            prepare(self -> self.edit(index, edit));
            return;
        }
        if (index < 0) {
            throw new IndexOutOfBoundsException("position " + index);
        }
        doc().edit(transaction -> edit.run(TextCursor.at(transaction, this, index), this));
    }

    /// The runs of the text, left to right.
    public final List<Delta.Insert> toDelta() {
        List<Delta.Insert> runs = new ArrayList<>();
        if (!isIntegrated()) {
            return runs;
        }
        StructStore store = store();
        Map<String, Any> attributes = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        for (int item = first; item != NONE; item = store.right(item)) {
            if (store.isDeleted(item) || store.kind(item) == Content.ANY) {
                continue; // values of a list were put here by a client that took this for an array
            }
            switch (store.content(item)) {
                case Content.Format format -> {
                    flush(runs, text, attributes);
                    TextAttributes.apply(attributes, format);
                }
                case YType type -> {
                    flush(runs, text, attributes);
                    runs.add(new Delta.Type(type, new LinkedHashMap<>(attributes)));
                }
                case Any value -> {
                    flush(runs, text, attributes);
                    runs.add(new Delta.Embed(value, new LinkedHashMap<>(attributes)));
                }
                case byte[] ascii -> TextContent.appendTo(text, ascii, 0, store.length(item));
                case char[] chars -> TextContent.appendTo(text, chars, 0, store.length(item));
                default -> {
                    // Other things that belong in a list.
                }
            }
        }
        flush(runs, text, attributes);
        return runs;
    }

    /// The runs as they were when a snapshot was taken. The document has to keep what was deleted.
    public final List<Delta.Insert> toDelta(Snapshot snapshot) {
        return toDelta(snapshot, null, ChangeMark.PLAIN);
    }

    /// The runs as they were then, and what was deleted and added since an earlier snapshot: such runs have
    /// the attribute `ychange`. The document has to keep what was deleted.
    ///
    /// @param snapshot null: as they are now, with what was deleted since `previous`, unmarked
    /// @param previous null: nothing is marked
    /// @param mark makes the value of the attribute
    public final List<Delta.Insert> toDelta(@Nullable Snapshot snapshot, @Nullable Snapshot previous, ChangeMark mark) {
        if (!isIntegrated() || (snapshot == null && previous == null)) {
            return toDelta();
        }
        return SnapshotDelta.of(this, snapshot, previous, mark);
    }

    private static void flush(List<Delta.Insert> runs, StringBuilder text, Map<String, Any> attributes) {
        if (!text.isEmpty()) {
            runs.add(new Delta.Text(text.toString(), new LinkedHashMap<>(attributes)));
            text.setLength(0);
        }
    }

    /// The characters alone.
    @Override
    public String toString() {
        if (!isIntegrated()) {
            return "";
        }
        StructStore store = store();
        StringBuilder text = new StringBuilder(length);
        for (int item = first; item != NONE; item = store.right(item)) {
            if (!store.isDeleted(item) && store.kind(item) == Content.STRING) {
                TextContent.appendTo(text, store.content(item), 0, store.length(item));
            }
        }
        return text.toString();
    }

    /// Calls a handler after every transaction that changed this type, not those inside it. See
    /// [#observeDeep] for when that is.
    public final Subscription observe(Consumer<? super YTextEvent> handler) {
        return observeDirectly(event -> handler.accept((YTextEvent) event));
    }

    // ---- attributes of the text as a whole

    /// All that are plain values, in the order in which this replica first saw them.
    public final Map<String, Any> attributes() {
        return isIntegrated() ? liveAttributes() : Map.of();
    }

    /// A plain value; empty when there is none.
    public final Optional<Any> attribute(String name) {
        return isIntegrated() && entryValue(name).orElse(null) instanceof YValue.Plain(var any)
                ? Optional.of(any)
                : Optional.empty();
    }

    /// Sets an attribute of the text as a whole.
    public final void setAttribute(String name, Any value) {
        if (isIntegrated()) {
            setEntry(name, YValue.of(value));
        } else {
            prepare(self -> self.setAttribute(name, value));
        }
    }

    /// Nothing happens when there is no such attribute.
    public final void removeAttribute(String name) {
        if (isIntegrated()) {
            deleteEntry(name);
        } else {
            prepare(self -> self.removeAttribute(name));
        }
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.TEXT, null);
    }

    @Override
    final void integratePreliminary() {
        Preparation prepared = preliminary;
        if (prepared != null) {
            preliminary = null;
            prepared.edits.forEach(edit -> edit.accept(this));
        }
    }

    @Override
    final List<YType> preliminaryTypes() {
        return preliminary == null ? List.of() : preliminary.types;
    }

    @Override
    public YText copy() {
        return (YText) TypeCopy.of(this);
    }

    private void prepare(Consumer<YText> edit) {
        preparation().edits.add(edit);
    }

    private Preparation preparation() {
        if (preliminary == null) {
            preliminary = new Preparation();
        }
        return preliminary;
    }
}
