package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.Optional;

/// An item of a document, as a filter sees it: what one client made at once, or what is left of that.
/// Immutable, but for the types.
///
/// @param id of its first unit
/// @param units how many
/// @param parent the type it stands in
/// @param key of an entry or attribute, else empty
/// @param type the type that it holds, if it does
public record Item(Id id, int units, YType parent, Optional<String> key, Optional<YType> type) {
    static Item of(StructStore store, int item) {
        return new Item(
                new Id(store.client(store.clientIndex(item)).client, store.clock(item)),
                store.length(item),
                store.type(store.parent(item)),
                store.key(item) == NONE ? Optional.empty() : Optional.of(store.keyName(store.key(item))),
                store.content(item) instanceof YType held ? Optional.of(held) : Optional.empty());
    }
}
