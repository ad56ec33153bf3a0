package org.civicpress.realtime.crdt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values, types and documents by name. Of sets made at once, that of the highest client wins. Confined to its
/// [Doc].
public sealed class YMap extends YType permits YXmlHook {
    private @Nullable Map<String, YValue> preliminaryEntries;

    /// A map that is in no document yet.
    public YMap() {}

    /// In the order in which this replica first saw them.
    public final Set<String> keys() {
        return isIntegrated() ? liveKeys() : Set.copyOf(preliminary().keySet());
    }

    public final int size() {
        return keys().size();
    }

    /// What stands under a key, of whatever kind.
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

    /// Another document that stands there; empty when there is none.
    public final Optional<Doc> subDoc(String key) {
        return value(key).orElse(null) instanceof YValue.SubDoc(var doc) ? Optional.of(doc) : Optional.empty();
    }

    public final void set(String key, Any value) {
        set(key, YValue.of(value));
    }

    public final void set(String key, YType type) {
        set(key, YValue.of(type));
    }

    /// @throws IllegalArgumentException when the document stands in another one, or in itself
    public final void set(String key, Doc doc) {
        set(key, YValue.of(doc));
    }

    public final void set(String key, YValue value) {
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

    public final void clear() {
        if (isIntegrated()) {
            doc().edit(ignored -> liveKeys().forEach(this::deleteEntry));
        } else {
            preliminary().clear();
        }
    }

    /// Calls a handler after every transaction that changed this type, not those inside it. See [#observeDeep]
    /// for when that is.
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

    private Map<String, YValue> preliminary() {
        if (preliminaryEntries == null) {
            preliminaryEntries = new LinkedHashMap<>();
        }
        return preliminaryEntries;
    }
}
