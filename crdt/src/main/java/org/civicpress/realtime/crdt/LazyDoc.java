package org.civicpress.realtime.crdt;

import java.util.AbstractSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A document that stands in another one: what an item of kind [Content#DOC] holds. The [Doc] itself is made
/// when somebody first looks at it, because an update can name very many that nobody will ever open.
///
/// ```
/// content := string(guid) any(options)
/// options := an object with only what differs from the defaults, in this order:
///            gc: false, autoLoad: true, meta: any but null
/// ```
///
/// When the document is destroyed, or the item that holds it deleted, a new one of the same guid takes its
/// place.
///
/// Source: yjs 13.6 `ContentDoc.js`, `Doc.js#destroy`. Confined to the document that it stands in.
final class LazyDoc {
    private static final long NONE = -1;

    private final Doc.Options options;
    private @Nullable Doc made;

    /// The document it stands in; null before it is put there and after it was destroyed.
    private @Nullable Doc parent;
    /// The item that holds it.
    private int client = StructStore.NONE;

    private int clock;
    private boolean itemDeleted;

    /// What it got from the document that it was added to; [#NONE] before.
    private long clientId = NONE;

    private @Nullable String collectionId;

    /// @param options with a guid
    LazyDoc(Doc.Options options) {
        this.options = options;
    }

    private LazyDoc(Doc doc) {
        this.options = doc.options();
        this.made = doc;
    }

    /// For a document that was made here.
    ///
    /// @throws IllegalArgumentException when it stands in another document already, or would stand in itself
    static LazyDoc of(Doc doc, Doc into) {
        requireFree(doc);
        for (Doc above = into; above != null; above = above.parent()) {
            if (above == doc) {
                throw new IllegalArgumentException("a document cannot stand in itself");
            }
        }
        return new LazyDoc(doc);
    }

    static void requireFree(Doc doc) {
        if (doc.parent() != null) {
            throw new IllegalArgumentException(
                    "this document stands in another one; make a second one with the same guid");
        }
    }

    // ---- as it stands in an update

    /// What is not known there is dropped, as Yjs does.
    static Doc.Options read(String guid, Any options) {
        Map<String, Any> given = options instanceof Any.Obj(var values) ? values : Map.of();
        Any gc = given.get("gc");
        boolean autoLoad = isTruthy(given.get("autoLoad"));
        return new Doc.Options(
                given.get("guid") instanceof Any.Str(var other) ? other : guid,
                given.get("collectionid") instanceof Any.Str(var collection) ? collection : null,
                gc == null || gc instanceof Any.Undefined || isTruthy(gc),
                Doc.Options.DEFAULTS.gcFilter(),
                given.get("meta") instanceof Any meta ? meta : Any.NULL,
                autoLoad,
                autoLoad || isTruthy(given.get("shouldLoad")));
    }

    static Any written(Doc.Options options) {
        Map<String, Any> written = new LinkedHashMap<>();
        if (!options.gc()) {
            written.put("gc", Any.FALSE);
        }
        if (options.autoLoad()) {
            written.put("autoLoad", Any.TRUE);
        }
        if (!(options.meta() instanceof Any.Null)) {
            written.put("meta", options.meta());
        }
        return new Any.Obj(written);
    }

    private static boolean isTruthy(@Nullable Any value) {
        return switch (value) {
            case null -> false;
            case Any.Undefined() -> false;
            case Any.Null() -> false;
            case Any.Bool(var bool) -> bool;
            case Any.Num(var number) -> number != 0 && !Double.isNaN(number);
            case Any.BigInt(var number) -> number != 0;
            case Any.Str(var text) -> !text.isEmpty();
            case Any.Bin _, Any.Arr _, Any.Obj _ -> true;
        };
    }

    // ---- in a document

    String guid() {
        return java.util.Objects.requireNonNull(options.guid());
    }

    Doc.Options options() {
        return options;
    }

    Doc doc() {
        if (made == null) {
            made = new Doc(options);
            if (clientId != NONE) {
                made.adopt(clientId, collectionId);
            }
            if (parent != null) {
                made.standsAt(this);
            } else {
                made.destroy();
            }
        }
        return made;
    }

    boolean isMadeAs(@Nullable Object doc) {
        return made != null && made == doc;
    }

    Doc parent() {
        return java.util.Objects.requireNonNull(parent);
    }

    /// What is wanted of a copy that an undo brings back, or of the document that takes this one's place.
    Doc.Options again(boolean shouldLoad) {
        return Doc.Options.DEFAULTS
                .withGuid(guid())
                .withGc(options.gc())
                .withMeta(options.meta())
                .withAutoLoad(options.autoLoad())
                .withShouldLoad(shouldLoad);
    }

    /// To be called when the item that holds it has its place.
    void integrate(Transaction transaction, int atClient, int atClock) {
        parent = transaction.doc;
        client = atClient;
        clock = atClock;
        if (made != null) {
            made.standsAt(this);
        }
        transaction.subDocs().add(this);
        if (made != null ? made.shouldLoad() : options.shouldLoad()) {
            transaction.subDocs().load(this);
        }
    }

    /// To be called when the item that holds it is deleted.
    void delete(Transaction transaction) {
        itemDeleted = true;
        transaction.subDocs().delete(this);
    }

    /// To be called when the transaction that put it here is committed.
    void adopt(long client, @Nullable String collection) {
        clientId = client;
        collectionId = collection;
        if (made != null) {
            made.adopt(client, collection);
        }
    }

    void destroy() {
        if (made != null) {
            made.destroy();
        } else {
            leave();
        }
    }

    /// Has a new document of the same guid take this one's place.
    void leave() {
        if (parent == null) {
            return;
        }
        Doc from = parent;
        parent = null;
        LazyDoc next = new LazyDoc(again(false));
        next.parent = from;
        next.client = client;
        next.clock = clock;
        next.itemDeleted = itemDeleted;
        int item = from.store.find(client, clock);
        if (from.store.content(item) == this) {
            from.store.setContent(item, next);
        }
        from.edit(transaction -> {
            if (!itemDeleted) {
                transaction.subDocs().add(next);
            }
            transaction.subDocs().remove(this);
        });
    }

    /// The documents themselves, each made when the iteration comes to it.
    static Set<Doc> docs(Set<LazyDoc> subDocs) {
        Set<LazyDoc> listed = new LinkedHashSet<>(subDocs);
        return new AbstractSet<>() {
            @Override
            public int size() {
                return listed.size();
            }

            @Override
            public boolean contains(@Nullable Object doc) {
                return listed.stream().anyMatch(subDoc -> subDoc.isMadeAs(doc));
            }

            @Override
            public Iterator<Doc> iterator() {
                Iterator<LazyDoc> each = listed.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return each.hasNext();
                    }

                    @Override
                    public Doc next() {
                        return each.next().doc();
                    }
                };
            }
        };
    }
}
