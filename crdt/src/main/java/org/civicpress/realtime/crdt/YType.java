package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// A shared type: a list of items and a map of entries, of which each kind of type uses one or both. It
/// stands at the root of a document under a name, or inside another type. A type that is in no document yet
/// remembers what is done to it and brings it along when it is put into one. Reading never changes anything.
/// Confined to its [Doc].
public abstract sealed class YType permits YText, YArray, YMap, YXmlFragment, YUntyped {
    private @Nullable Doc doc;
    /// The name of a root, else null.
    @Nullable
    String rootName;
    /// The item that holds this type; NONE for a root, and for a type that was collected.
    int item = NONE;
    /// Is what it held gone, with the item that held it?
    private boolean collected;
    /// Which item that was.
    private @Nullable Id formerItem;
    /// Which of the store's types this is.
    int index = NONE;
    /// The leftmost item of the list, tombstones included.
    int first = NONE;
    /// What of the list can be seen, in units.
    int length;
    /// Does the list hold formats? Then positions depend on all that is left of them.
    boolean hasFormatting;
    /// Of the list, when it was found to be long.
    @Nullable
    PositionIndex positions;
    /// The number of the last transaction that changed this type, 0 for none.
    long changedIn;

    /// How far into the item that [#itemAt] found the unit is.
    private int unitInItem;

    private @Nullable IntMap entries;
    private @Nullable Observers observers;

    private static final class Observers {
        final Handlers<Consumer<YEvent>> direct = new Handlers<>();
        final Handlers<Consumer<List<YEvent>>> deep = new Handlers<>();

        int size() {
            return direct.size() + deep.size();
        }
    }

    YType() {}

    static YType of(Content.TypeRef ref) {
        return switch (ref.ref()) {
            case Content.TypeRef.ARRAY -> new YArray();
            case Content.TypeRef.MAP -> new YMap();
            case Content.TypeRef.TEXT -> new YText();
            case Content.TypeRef.XML_ELEMENT -> new YXmlElement(java.util.Objects.requireNonNull(ref.name()));
            case Content.TypeRef.XML_FRAGMENT -> new YXmlFragment();
            case Content.TypeRef.XML_HOOK -> new YXmlHook(java.util.Objects.requireNonNull(ref.name()));
            case Content.TypeRef.XML_TEXT -> new YXmlText();
            default -> throw new IllegalStateException("type " + ref.ref());
        };
    }

    /// How this type is named in an update.
    abstract Content.TypeRef typeRef();

    /// Puts in what was done to this type while it was in no document.
    abstract void integratePreliminary();

    /// The types that were put into this one while it was in no document.
    abstract List<YType> preliminaryTypes();

    /// All that is in this type as a plain value, to any depth: a list for an array, an object for a map, the
    /// characters for a text and the tree as text for an XML node. Numbers are doubles, keys are in the order
    /// in which JavaScript lists them. A document that stands there is the object of its roots, a root of
    /// unknown kind is undefined.
    ///
    /// What is nested deeper than [Any#MAX_DEPTH] can be taken apart, but neither written as JSON nor
    /// compared.
    ///
    /// Source: yjs 13.6, `toJSON` of each type.
    ///
    /// @throws IllegalStateException when this type is in no document yet
    public final Any toJson() {
        doc();
        return TypeJson.of(this);
    }

    /// A new type of the same kind with the same content, to any depth, that can be put somewhere else, into
    /// another document too. Of a document that stands in this type the copy has a new instance with the same
    /// guid and options.
    ///
    /// Source: yjs 13.6, `clone` of each type. As there, the attributes of a text as a whole are not copied;
    /// unlike there, types that stand in a text or a hook are.
    ///
    /// @throws IllegalStateException when this type is in no document yet, or when nobody has said of what
    ///     kind it is
    /// @throws IllegalArgumentException when another client has put undefined or a big integer into an array,
    ///     which an array of Yjs can hold but not be given
    public abstract YType copy();

    /// The document this type is in.
    ///
    /// @throws IllegalStateException when it is in none yet
    public final Doc doc() {
        if (doc == null) {
            throw new IllegalStateException("this type is in no document yet");
        }
        return doc;
    }

    /// Is this type in a document? If not, it remembers what is done to it.
    public final boolean isIntegrated() {
        return doc != null;
    }

    /// The type that this one stands in. Empty for a root, for a type that is in no document yet, and for one
    /// whose place was collected after it was deleted.
    public final Optional<YType> parent() {
        return item == NONE ? Optional.empty() : Optional.of(store().type(store().parent(item)));
    }

    /// Units that can be seen: characters and embedded objects, entries of a list, children. 0 for a map.
    public int length() {
        return length;
    }

    final StructStore store() {
        return doc().store;
    }

    final void integrate(Doc into, int holder) {
        if (doc != null) {
            throw new IllegalArgumentException("this type is in a document already");
        }
        doc = into;
        item = holder;
        index = into.store.addType(this);
        if (observers != null) {
            into.addTypeObservers(observers.size());
        }
        integratePreliminary();
    }

    final void becomeRoot(Doc into, String name) {
        doc = into;
        rootName = name;
        index = into.store.addType(this);
    }

    /// Takes the place of a root whose kind was not known.
    final void replace(YUntyped root) {
        doc = root.doc();
        rootName = root.rootName;
        index = root.index;
        first = root.first;
        length = root.length;
        hasFormatting = root.hasFormatting;
        positions = root.positions;
        changedIn = root.changedIn;
        YType before = root;
        entries = before.entries;
        store().setType(index, this);
    }

    /// Its items are gone, and soon the row of the item that held it.
    final void collected() {
        collected = true;
        formerItem = itemId();
        store().setType(index, null);
        item = NONE;
        first = NONE;
        entries = null;
        positions = null;
        length = 0;
    }

    /// Was this type deleted, by itself or with something that it stood in? A root never is.
    public final boolean isDeleted() {
        return collected || (item != NONE && store().isDeleted(item));
    }

    /// In the place of a type that was collected and that nobody holds.
    static YType remains(int index) {
        YType remains = new YUntyped();
        remains.collected = true;
        remains.index = index;
        return remains;
    }

    final boolean isCollected() {
        return collected;
    }

    /// The item that holds this type, or did before it was collected; null for a root.
    final @Nullable Id itemId() {
        return item == NONE
                ? formerItem
                : new Id(store().client(store().clientIndex(item)).client, store().clock(item));
    }

    // ---- observers

    /// Calls a handler after every transaction that changed this type or a type inside it, with one event for
    /// each of those: this type's own first, then by depth. It is called before what was deleted is
    /// collected. Edits that it makes are transactions of their own, committed after this one. When it
    /// throws, the others are called nevertheless, and then the edit that was the cause throws.
    public final Subscription observeDeep(Consumer<List<YEvent>> handler) {
        return countedIn(observers().deep.add(handler, this::lostObserver));
    }

    final Subscription observeDirectly(Consumer<YEvent> handler) {
        return countedIn(observers().direct.add(handler, this::lostObserver));
    }

    private Subscription countedIn(Subscription subscription) {
        if (doc != null) {
            doc.addTypeObservers(1);
        }
        return subscription;
    }

    private void lostObserver() {
        if (doc != null) {
            doc.addTypeObservers(-1);
        }
    }

    private Observers observers() {
        if (observers == null) {
            observers = new Observers();
        }
        return observers;
    }

    final boolean hasDeepObservers() {
        return observers != null && !observers.deep.isEmpty();
    }

    final void callObservers(YEvent event, Shield shield) {
        if (observers != null) {
            observers.direct.each(shield, handler -> handler.accept(event));
        }
    }

    final void callDeepObservers(List<YEvent> events, Shield shield) {
        if (observers != null) {
            observers.deep.each(shield, handler -> handler.accept(events));
        }
    }

    // ---- entries

    final IntMap newestItems() {
        if (entries == null) {
            entries = new IntMap();
        }
        return entries;
    }

    final int entryCount() {
        return entries == null ? 0 : entries.size();
    }

    /// The newest item of the entry that came `position`-th.
    final int entryAt(int position) {
        return java.util.Objects.requireNonNull(entries).valueAt(position);
    }

    final int entry(int key) {
        return entries == null ? NONE : entries.get(key);
    }

    /// The live item under a key, or NONE.
    final int liveEntry(String name) {
        if (entries == null) {
            return NONE;
        }
        int key = store().knownKey(name);
        int entry = key == NONE ? NONE : entries.get(key);
        return entry == NONE || store().isDeleted(entry) ? NONE : entry;
    }

    final Set<String> liveKeys() {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < entryCount(); i++) {
            if (!store().isDeleted(entryAt(i))) {
                names.add(store().keyName(
                                java.util.Objects.requireNonNull(entries).keyAt(i)));
            }
        }
        return names;
    }

    final Optional<YValue> entryValue(String name) {
        int entry = liveEntry(name);
        return entry == NONE ? Optional.empty() : Optional.of(YValue.at(store(), entry, store().length(entry) - 1));
    }

    final Map<String, YValue> liveEntries() {
        Map<String, YValue> values = new java.util.LinkedHashMap<>();
        for (int i = 0; i < entryCount(); i++) {
            int entry = entryAt(i);
            if (!store().isDeleted(entry)) {
                String name = store().keyName(
                                java.util.Objects.requireNonNull(entries).keyAt(i));
                values.put(name, YValue.at(store(), entry, store().length(entry) - 1));
            }
        }
        return values;
    }

    /// The entries as they were when a snapshot was taken.
    final Map<String, YValue> entriesAt(Snapshot snapshot) {
        Map<String, YValue> values = new java.util.LinkedHashMap<>();
        StructStore store = store();
        for (int i = 0; i < entryCount(); i++) {
            int entry = entryAt(i);
            while (entry != NONE && !snapshot.knows(store, entry)) {
                entry = store.left(entry);
            }
            if (entry != NONE && Content.isCountable(store.kind(entry)) && snapshot.shows(store, entry)) {
                String name =
                        store.keyName(java.util.Objects.requireNonNull(entries).keyAt(i));
                values.put(name, YValue.at(store, entry, store.length(entry) - 1));
            }
        }
        return values;
    }

    final void setEntry(String name, YValue value) {
        doc().edit(transaction -> {
            int key = store().keyOf(name);
            int left = entry(key);
            switch (value) {
                case YValue.Plain(Any.Bin(Bytes bytes)) ->
                    insert(transaction, key, left, NONE, Content.BINARY, bytes, 1);
                case YValue.Plain(var any) -> insert(transaction, key, left, NONE, Content.ANY, new Any[] {any}, 1);
                case YValue.Nested(var type) -> insert(transaction, key, left, NONE, Content.TYPE, type, 1);
                case YValue.SubDoc(var doc) ->
                    insert(transaction, key, left, NONE, Content.DOC, LazyDoc.of(doc, doc()), 1);
            }
        });
    }

    final void deleteEntry(String name) {
        int entry = liveEntry(name);
        doc().edit(transaction -> {
            if (entry != NONE) {
                transaction.delete(entry);
            }
        });
    }

    // ---- list

    static List<YType> typesIn(Collection<YValue> values) {
        List<YType> types = new java.util.ArrayList<>();
        for (YValue value : values) {
            if (value instanceof YValue.Nested(var type)) {
                types.add(type);
            }
        }
        return types;
    }

    /// A position that may count from the end, within the list.
    static int inside(int position, int length) {
        return Math.clamp(position < 0 ? (long) position + length : position, 0, length);
    }

    /// The values of some units of the list.
    ///
    /// @param to exclusive, not beyond the length
    final List<YValue> unitValues(int from, int to) {
        StructStore store = store();
        List<YValue> values = new java.util.ArrayList<>(Math.max(to - from, 0));
        if (from < to) {
            int item = itemAt(from);
            int unit = unitInItem;
            for (; values.size() < to - from; item = store.right(item), unit = 0) {
                if (store.isVisible(item)) {
                    int end = Math.min(store.length(item), unit + to - from - values.size());
                    for (; unit < end; unit++) {
                        values.add(YValue.at(store, item, unit));
                    }
                }
            }
        }
        return values;
    }

    /// The values of the list as they were when a snapshot was taken, unit by unit.
    final List<YValue> unitValuesAt(Snapshot snapshot) {
        StructStore store = store();
        List<YValue> values = new java.util.ArrayList<>();
        for (int item = first; item != NONE; item = store.right(item)) {
            if (Content.isCountable(store.kind(item))) {
                for (int unit = 0; unit < store.length(item); unit++) {
                    if (snapshot.shows(store, item, unit)) {
                        values.add(YValue.at(store, item, unit));
                    }
                }
            }
        }
        return values;
    }

    /// The nearest type in the list that this one stands in; null at the end.
    final @Nullable YType sibling(boolean next) {
        if (item == NONE || store().key(item) != NONE) {
            return null;
        }
        StructStore store = store();
        for (int at = next ? store.right(item) : store.left(item);
                at != NONE;
                at = next ? store.right(at) : store.left(at)) {
            if (!store.isDeleted(at) && store.content(at) instanceof YType type) {
                return type;
            }
        }
        return null;
    }

    /// Makes an item of our own between two neighbours.
    final int insert(Transaction transaction, int key, int left, int right, int kind, Object content, int units) {
        StructStore store = store();
        ClientStructs own = store.clientOf(doc().clientId());
        if (isCollected()) {
            store.setType(index, this); // what is put in is deleted at once, but told to the others
        }
        if (units > Integer.MAX_VALUE - own.state) {
            throw new IllegalStateException("this client made 2^31 - 1 units; take another client id");
        }
        int item = store.allocate(
                kind,
                own.index,
                own.state,
                units,
                left == NONE ? NONE : store.clientIndex(left),
                left == NONE ? 0 : store.end(left) - 1,
                right == NONE ? NONE : store.clientIndex(right),
                right == NONE ? 0 : store.clock(right),
                index,
                key,
                content);
        doc().yata.integrate(transaction, item, left, right);
        return item;
    }

    /// The item after which a list is to be changed at `position`; it ends there, being cut if need be. NONE
    /// at the start.
    final int itemBefore(Transaction transaction, int position) {
        if (position < 0 || position > length) {
            throw new IndexOutOfBoundsException("position " + position + " in a list of " + length);
        }
        if (position == 0) {
            return NONE;
        }
        int item = itemAt(position - 1);
        int units = unitInItem + 1;
        if (units < store().length(item)) {
            store().cleanStart(transaction, store().clientIndex(item), store().clock(item) + units);
        }
        return item;
    }

    /// The visible item that holds a unit; which of its units that is, [#unitInItem] says.
    ///
    /// @param unit less than the length
    final int itemAt(int unit) {
        StructStore store = store();
        if (positions == null) {
            int rest = unit;
            int item = first;
            for (int steps = 0; steps < PositionIndex.WALK && item != NONE; steps++, item = store.right(item)) {
                if (store.isVisible(item)) {
                    if (rest < store.length(item)) {
                        unitInItem = rest;
                        return item;
                    }
                    rest -= store.length(item);
                }
            }
        }
        PositionIndex index = positions();
        int item = index.find(unit);
        unitInItem = index.offset();
        return item;
    }

    final int unitInItem() {
        return unitInItem;
    }

    final PositionIndex positions() {
        if (positions == null) {
            positions = new PositionIndex(this);
        }
        return positions;
    }

    /// To be told how many items a walk has met that an index would have spared.
    final void walked(int steps) {
        if (steps > PositionIndex.WALK) {
            positions();
        }
    }

    /// What can be seen left of an item of the list.
    final int unitsBefore(int item) {
        StructStore store = store();
        if (positions == null) {
            int units = 0;
            int left = store.left(item);
            for (int steps = 0; steps < PositionIndex.WALK; steps++, left = store.left(left)) {
                if (left == NONE) {
                    return units;
                }
                units += store.isVisible(left) ? store.length(left) : 0;
            }
        }
        return positions().unitsBefore(item);
    }

    final int lastItem() {
        if (positions == null) {
            int last = first;
            for (int steps = 0; steps < PositionIndex.WALK; steps++, last = store().right(last)) {
                if (last == NONE || store().right(last) == NONE) {
                    return last;
                }
            }
        }
        return positions().last();
    }

    final int rightOf(int left) {
        return left == NONE ? first : store().right(left);
    }

    final void deleteUnits(Transaction transaction, int position, int units) {
        if (position < 0 || units < 0 || position > length - units) {
            throw new IndexOutOfBoundsException(
                    "units " + position + " to " + (position + units) + " in a list of " + length);
        }
        StructStore store = store();
        int rest = units;
        for (int item = rightOf(itemBefore(transaction, position));
                rest > 0 && item != NONE;
                item = store.right(item)) {
            if (!store.isDeleted(item)) {
                if (rest < store.length(item)) {
                    store.cleanStart(transaction, store.clientIndex(item), store.clock(item) + rest);
                }
                rest -= store.length(item);
                transaction.delete(item);
            }
        }
    }

    // ---- attributes, which Text and the XML types have beside their list

    final Map<String, Any> liveAttributes() {
        Map<String, Any> attributes = new java.util.LinkedHashMap<>();
        for (String name : liveKeys()) {
            if (entryValue(name).orElse(null) instanceof YValue.Plain(var any)) {
                attributes.put(name, any);
            }
        }
        return attributes;
    }
}
