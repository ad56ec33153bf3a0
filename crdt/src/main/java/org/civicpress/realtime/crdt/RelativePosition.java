package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.ByteWriter;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// A place in a list or a text that stays where it is while others edit: beside a unit, not at an index.
/// Every replica that knows the unit can say which index it has. Immutable.
///
/// ```
/// position := varUint(0) id [assoc]                 beside a unit
///           | varUint(1) varString(root) [assoc]    at the end (or start) of a root
///           | varUint(2) id [assoc]                 at the end (or start) of the type that this item holds
/// id       := varUint(client) varUint(clock)
/// assoc    := varInt                                0 when it is absent
/// ```
///
/// The bytes name the unit alone; the JSON form, and a position that was just made, name its type too. What
/// follows is ignored.
///
/// Source: yjs 13.6 `RelativePosition.js`.
///
/// @param type the item that holds the type, when it is nested and named
/// @param root the name of the type, when it is a root and named
/// @param item the unit, or null for the end of the type (its start when `assoc` is negative)
/// @param assoc negative: behind the unit on its left; otherwise: before the unit on its right
public record RelativePosition(
        @Nullable Id type, @Nullable String root, @Nullable Id item, long assoc) {
    private static final int ITEM = 0;
    private static final int ROOT = 1;
    private static final int TYPE = 2;

    public RelativePosition {
        if (type == null && root == null && item == null) {
            throw new IllegalArgumentException("a position at nothing");
        }
        if (Math.abs((double) assoc) > ByteReader.MAX_SAFE_INTEGER) {
            throw new IllegalArgumentException("an association beyond 2^53 - 1: " + assoc);
        }
    }

    /// Before the unit that stands at an index now; at the end when none does.
    ///
    /// @param index units that can be seen left of the place
    public static RelativePosition at(YType type, int index) {
        return at(type, index, 0);
    }

    /// @param index units that can be seen left of the place
    /// @param assoc negative: behind the unit on the left; otherwise: before the unit on the right
    /// @throws IllegalStateException when the type is in no document yet
    public static RelativePosition at(YType type, int index, long assoc) {
        StructStore store = type.store();
        int rest = index;
        if (assoc < 0) {
            if (index == 0) {
                return naming(type, null, assoc);
            }
            rest--;
        }
        if (rest < type.length) {
            int item = type.itemAt(rest);
            return naming(type, idOf(store, item, type.unitInItem()), assoc);
        }
        int last = assoc < 0 ? type.lastItem() : NONE;
        return naming(type, last == NONE ? null : idOf(store, last, store.length(last) - 1), assoc);
    }

    private static RelativePosition naming(YType type, @Nullable Id item, long assoc) {
        return new RelativePosition(type.itemId(), type.rootName, item, assoc);
    }

    private static Id idOf(StructStore store, int item, int unit) {
        return new Id(store.client(store.clientIndex(item)).client, store.clock(item) + unit);
    }

    /// Where the place is now. A unit that was deleted and brought back by an undo is followed there.
    ///
    /// @return empty when the document does not know the unit or the type, or does not keep it any more
    public Optional<AbsolutePosition> in(Doc doc) {
        return in(doc, true);
    }

    /// The same, the way that everybody sees it: only the replica where an undo was made knows which unit
    /// came back as which, so to follow them there gives an index that others do not come to.
    ///
    /// @param followUndoneDeletions whether a unit that was deleted and brought back here is followed
    /// @return empty when the document does not know the unit or the type, or does not keep it any more
    public Optional<AbsolutePosition> in(Doc doc, boolean followUndoneDeletions) {
        StructStore store = doc.store;
        if (item != null) {
            return find(store, item, followUndoneDeletions).map(unit -> beside(store, unit));
        }
        if (root != null) {
            return doc.find(root).map(this::atEdge);
        }
        return find(store, java.util.Objects.requireNonNull(type), followUndoneDeletions)
                .flatMap(unit -> holding(store, unit.item));
    }

    /// @param unit how far into the item
    private record Unit(int item, int unit) {}

    private static Optional<Unit> find(StructStore store, Id id, boolean follow) {
        ClientStructs structs = store.clientOrNull(id.client());
        if (structs == null || id.clock() < 0 || structs.state <= id.clock()) {
            return Optional.empty();
        }
        int clock = (int) id.clock();
        int item = store.find(structs.index, clock);
        while (follow && store.isRedone(item)) {
            clock = store.redoneClock(item) + clock - store.clock(item);
            item = store.find(store.redoneClient(item), clock);
        }
        return store.isGc(item) ? Optional.empty() : Optional.of(new Unit(item, clock - store.clock(item)));
    }

    private AbsolutePosition beside(StructStore store, Unit unit) {
        YType parent = store.type(store.parent(unit.item));
        int index = 0;
        if (!parent.isDeleted()) {
            if (store.isVisible(unit.item)) {
                index = unit.unit + (assoc >= 0 ? 0 : 1);
            }
            index += parent.unitsBefore(unit.item);
        }
        return new AbsolutePosition(parent, index, assoc);
    }

    private Optional<AbsolutePosition> holding(StructStore store, int item) {
        return store.content(item) instanceof YType held ? Optional.of(atEdge(held)) : Optional.empty();
    }

    private AbsolutePosition atEdge(YType of) {
        return new AbsolutePosition(of, assoc >= 0 ? of.length : 0, assoc);
    }

    /// @throws MalformedBytesException when it is not a position
    public static RelativePosition decode(Bytes bytes) {
        ByteReader in = new ByteReader(bytes);
        long kind = in.varUint();
        Id type = null;
        String root = null;
        Id item = null;
        if (kind == ITEM) {
            item = new Id(in.varUint(), in.varUint());
        } else if (kind == ROOT) {
            root = in.varString();
        } else if (kind == TYPE) {
            type = new Id(in.varUint(), in.varUint());
        } else {
            throw in.malformed("unknown position " + kind);
        }
        double assoc = in.hasRemaining() ? in.varInt() : 0;
        if (Math.abs(assoc) > ByteReader.MAX_SAFE_INTEGER) {
            throw in.malformed("an association beyond 2^53 - 1");
        }
        return new RelativePosition(type, root, item, (long) assoc);
    }

    /// The bytes that name the unit, or else the type.
    public Bytes encode() {
        ByteWriter out = new ByteWriter(16);
        if (item != null) {
            out.varUint(ITEM).varUint(item.client()).varUint(item.clock());
        } else if (root != null) {
            out.varUint(ROOT).varString(root);
        } else {
            Id held = java.util.Objects.requireNonNull(type);
            out.varUint(TYPE).varUint(held.client()).varUint(held.clock());
        }
        return out.varInt(assoc).toBytes();
    }

    /// As editors put it into their awareness: `type`, `tname`, `item`, `assoc`, as far as they are there.
    public Any toJson() {
        Map<String, Any> json = new LinkedHashMap<>();
        if (type != null) {
            json.put("type", json(type));
        }
        if (root != null) {
            json.put("tname", Any.of(root));
        }
        if (item != null) {
            json.put("item", json(item));
        }
        json.put("assoc", Any.of(assoc));
        return Any.obj(json);
    }

    private static Any json(Id id) {
        Map<String, Any> json = new LinkedHashMap<>();
        json.put("client", Any.of(id.client()));
        json.put("clock", Any.of(id.clock()));
        return Any.obj(json);
    }

    /// @return empty when it is not a position
    public static Optional<RelativePosition> fromJson(Any json) {
        if (!(json instanceof Any.Obj(var fields))) {
            return Optional.empty();
        }
        Id type = id(fields.get("type"));
        String root = fields.get("tname") instanceof Any.Str(var name) ? name : null;
        Id item = id(fields.get("item"));
        if (type == null && root == null && item == null) {
            return Optional.empty();
        }
        double assoc = fields.get("assoc") instanceof Any.Num(var number) ? number : 0;
        return Math.abs(assoc) > ByteReader.MAX_SAFE_INTEGER
                ? Optional.empty()
                : Optional.of(new RelativePosition(type, root, item, (long) assoc));
    }

    private static @Nullable Id id(@Nullable Any json) {
        return json instanceof Any.Obj(var fields)
                        && fields.get("client") instanceof Any.Num(var client)
                        && fields.get("clock") instanceof Any.Num(var clock)
                        && isNatural(client)
                        && isNatural(clock)
                ? new Id((long) client, (long) clock)
                : null;
    }

    private static boolean isNatural(double number) {
        return number >= 0 && number <= ByteReader.MAX_SAFE_INTEGER && number == Math.rint(number);
    }
}
