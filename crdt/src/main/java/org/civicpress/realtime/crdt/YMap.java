package org.civicpress.realtime.crdt;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values, types and documents by name. Of sets made at once, that of the highest client wins. Confined to
/// its [Doc].
public sealed class YMap extends YType permits YXmlHook {
    private @Nullable Map<String, YValue> preliminaryEntries;

    /// A map that is in no document yet.
    public YMap() {}

    /// The same, with plain values in it.
    public static YMap of(Map<String, ? extends Any> entries) {
        YMap map = new YMap();
        entries.forEach(map::set);
        return map;
    }

    /// The keys under which something stands now, in the order in which this replica first saw them.
    public final Set<String> keys() {
        return isIntegrated() ? liveKeys() : new LinkedHashSet<>(preliminary().keySet());
    }

    /// How many keys there are.
    public final int size() {
        return keys().size();
    }

    /// Does something stand under a key?
    public final boolean has(String key) {
        return isIntegrated()
                ? liveEntry(key) != StructStore.NONE
                : preliminary().containsKey(key);
    }

    /// What stands under all keys now, in the order of [#keys].
    public final Map<String, YValue> entries() {
        return isIntegrated() ? liveEntries() : new LinkedHashMap<>(preliminary());
    }

    /// What stood there when a snapshot was taken. The document has to keep what was deleted.
    ///
    /// Source: yjs 13.6 `typeMapGetAllSnapshot`.
    public final Map<String, YValue> entries(Snapshot snapshot) {
        return isIntegrated() ? entriesAt(snapshot) : Map.of();
    }

    /// What stands under a key, of whatever kind; empty when nothing does.
    public final Optional<YValue> value(String key) {
        return isIntegrated()
                ? entryValue(key)
                : Optional.ofNullable(preliminary().get(key));
    }

    /// A plain value; empty when there is none, or a type.
    public final Optional<Any> get(String key) {
        return value(key).orElse(null) instanceof YValue.Plain(var any) ? Optional.of(any) : Optional.empty();
    }

    /// A nested type; empty when there is none, or a plain value.
    public final Optional<YType> type(String key) {
        return value(key).orElse(null) instanceof YValue.Nested(var type) ? Optional.of(type) : Optional.empty();
    }

    /// The same, if it is of a kind.
    public final <T extends YType> Optional<T> type(String key, Class<T> kind) {
        return type(key).filter(kind::isInstance).map(kind::cast);
    }

    /// Another document that stands there; empty when there is none.
    public final Optional<Doc> subDoc(String key) {
        return value(key).orElse(null) instanceof YValue.SubDoc(var doc) ? Optional.of(doc) : Optional.empty();
    }

    /// Puts a plain value under a key, in the place of what stood there.
    public final void set(String key, Any value) {
        set(key, YValue.of(value));
    }

    /// @throws IllegalArgumentException when the type is in a document already, stands in two places, or
    ///     brings along types nested deeper than 160
    public final void set(String key, YType type) {
        set(key, YValue.of(type));
    }

    /// @throws IllegalArgumentException when the document stands in another one, or in itself
    public final void set(String key, Doc doc) {
        set(key, YValue.of(doc));
    }

    /// @throws IllegalArgumentException as for a type or a document
    public final void set(String key, YValue value) {
        if (value instanceof YValue.Nested(var type)) {
            Preliminary.check(this, List.of(type));
        }
        if (isIntegrated()) {
            setEntry(key, value);
        } else {
            preliminary().put(key, value);
        }
    }

    /// Nothing happens when nothing stands there.
    public final void delete(String key) {
        if (isIntegrated()) {
            deleteEntry(key);
        } else {
            preliminary().remove(key);
        }
    }

    /// Deletes everything.
    public final void clear() {
        if (isIntegrated()) {
            doc().edit(ignored -> liveKeys().forEach(this::deleteEntry));
        } else {
            preliminary().clear();
        }
    }

    /// Calls a handler after every transaction that changed this type, not those inside it. See
    /// [#observeDeep] for when that is.
    public final Subscription observe(Consumer<? super YMapEvent> handler) {
        return observeDirectly(event -> handler.accept((YMapEvent) event));
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.MAP, null);
    }

    @Override
    final void integratePreliminary() {
        Map<String, YValue> values = preliminaryEntries;
        if (values != null) {
            preliminaryEntries = null;
            values.forEach(this::setEntry);
        }
    }

    @Override
    final List<YType> preliminaryTypes() {
        return preliminaryEntries == null ? List.of() : typesIn(preliminaryEntries.values());
    }

    @Override
    public YMap copy() {
        return (YMap) TypeCopy.of(this);
    }

    private Map<String, YValue> preliminary() {
        if (preliminaryEntries == null) {
            preliminaryEntries = new LinkedHashMap<>();
        }
        return preliminaryEntries;
    }
}
