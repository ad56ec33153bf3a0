package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// A document that many replicas edit at once and that comes out the same everywhere: Yjs 13.6, byte for
/// byte.
///
/// Shared types stand at its root under names. Edits are made in transactions; a lone edit is one by itself.
/// Whatever a transaction changed leaves the document as an *update*, and an update from elsewhere is brought
/// in by [#apply], in any order and any number of times.
///
/// A document can stand in another one, as a value in a map or an array. That one's updates tell of its guid
/// and options only; what is in it travels by itself, between those who load it. See [#onSubDocs].
///
/// Confined to its user: one thread at a time. Reading never writes.
public final class Doc {
    final StructStore store = new StructStore();
    final Yata yata = new Yata(this);

    private final Integrator integrator = new Integrator(this, yata);
    private final Map<String, YType> roots = new LinkedHashMap<>(4);
    /// Never changed, but replaced: it may be gone through meanwhile.
    private List<Listening> listeners = List.of();
    private final Handlers<TransactionListener> transactionListeners = new Handlers<>();
    private final Handlers<Consumer<SubDocsEvent>> subDocsListeners = new Handlers<>();
    private final Handlers<Consumer<Doc>> destroyListeners = new Handlers<>();
    /// How many observers the types of this document have.
    private int typeObservers;
    private long clientId;
    private Options options;
    private boolean destroyed;

    /// Where it stands in another document.
    private @Nullable LazyDoc place;

    private final Set<LazyDoc> subDocs = new LinkedHashSet<>(0);

    /// The transaction that edits join now.
    private @Nullable Transaction current;
    /// Transactions that were begun and are not committed yet, oldest first.
    private final List<Transaction> open = new ArrayList<>(1);
    /// How many there were.
    private long transactions;
    /// One that is committed and that nobody holds, to be used again.
    private @Nullable Transaction spare;

    private final Commit commit = new Commit(this);

    private @Nullable Application applying;
    private final DecodedUpdate scratch = new DecodedUpdate();

    /// A class, not a record: the same listener may listen twice.
    private static final class Listening {
        final UpdateFormat format;
        final UpdateListener listener;

        Listening(UpdateFormat format, UpdateListener listener) {
            this.format = format;
            this.listener = listener;
        }
    }

    /// An update on its way in, decoded in [#scratch], and what came of it so far.
    private final class Application implements Consumer<Transaction> {
        final Bytes update;
        final UpdateFormat format;
        List<Bytes> changes = List.of();

        @Nullable
        Transaction transaction;

        boolean allNew;

        Application(Bytes update, UpdateFormat format) {
            this.update = update;
            this.format = format;
        }

        @Override
        public void accept(Transaction its) {
            transaction = its;
            allNew = integrator.apply(its, scratch) && its.deletions().sameAs(scratch.deletes.normalised());
        }

        void changed(Bytes change) {
            changes = with(changes, changes.size(), change);
        }
    }

    /// What is said of a document when it is made. Immutable; begin with [#DEFAULTS].
    ///
    /// @param guid names the document everywhere; null for a new random one
    /// @param collectionId which documents it belongs to, for those who sync and store them; stays here
    /// @param gc false keeps the content of what was deleted
    /// @param gcFilter deleted items for which it says false are kept; asked once, when an item was deleted
    /// @param meta whatever the application says of it; null ([Any#NULL]) when nothing. Of a document that stands
    ///     in another one everybody hears it
    /// @param autoLoad whether everybody who has the document that it stands in loads it
    /// @param shouldLoad whether it is to be loaded here
    public record Options(
            @Nullable String guid,
            @Nullable String collectionId,
            boolean gc,
            Predicate<Item> gcFilter,
            Any meta,
            boolean autoLoad,
            boolean shouldLoad) {
        /// A random guid, collecting everything, no meta, to be loaded here but not everywhere.
        public static final Options DEFAULTS = new Options(null, null, true, item -> true, Any.NULL, false, true);

        public Options {
            meta = meta instanceof Any.Undefined ? Any.NULL : meta;
        }

        /// The same with a guid.
        public Options withGuid(String name) {
            return new Options(name, collectionId, gc, gcFilter, meta, autoLoad, shouldLoad);
        }

        /// The same, belonging to a collection.
        public Options withCollectionId(String collection) {
            return new Options(guid, collection, gc, gcFilter, meta, autoLoad, shouldLoad);
        }

        /// The same, collecting what was deleted or keeping it.
        public Options withGc(boolean collects) {
            return new Options(guid, collectionId, collects, gcFilter, meta, autoLoad, shouldLoad);
        }

        /// The same, keeping the deleted items for which a filter says false.
        public Options withGcFilter(Predicate<Item> filter) {
            return new Options(guid, collectionId, gc, filter, meta, autoLoad, shouldLoad);
        }

        /// The same with something said about the document.
        public Options withMeta(Any about) {
            return new Options(guid, collectionId, gc, gcFilter, about, autoLoad, shouldLoad);
        }

        /// The same, loaded by everybody or by those who ask.
        public Options withAutoLoad(boolean loads) {
            return new Options(guid, collectionId, gc, gcFilter, meta, loads, shouldLoad);
        }

        /// The same, to be loaded here or not.
        public Options withShouldLoad(boolean loads) {
            return new Options(guid, collectionId, gc, gcFilter, meta, autoLoad, loads);
        }
    }

    /// A document with a client id of its own that collects what was deleted.
    public Doc() {
        this(randomClientId(), Options.DEFAULTS);
    }

    /// A document with a client id of its own.
    public Doc(Options options) {
        this(randomClientId(), options);
    }

    /// @param clientId 0 to 2^53 - 1; no two replicas that edit may have the same
    public Doc(long clientId) {
        this(clientId, Options.DEFAULTS);
    }

    /// @param clientId 0 to 2^53 - 1; no two replicas that edit may have the same
    /// @param gc false keeps the content of what was deleted
    public Doc(long clientId, boolean gc) {
        this(clientId, Options.DEFAULTS.withGc(gc));
    }

    /// @param clientId 0 to 2^53 - 1; no two replicas that edit may have the same
    public Doc(long clientId, Options options) {
        if (clientId < 0 || clientId > ByteReader.MAX_SAFE_INTEGER) {
            throw new IllegalArgumentException("not a client id: " + clientId);
        }
        this.clientId = clientId;
        this.options = options;
    }

    private static long randomClientId() {
        return ThreadLocalRandom.current().nextLong(1L << 32);
    }

    /// Who edits here. Changes when an update shows that somebody else edits under the same id.
    public long clientId() {
        return clientId;
    }

    /// What names this document everywhere, whoever has a replica of it.
    public String guid() {
        if (options.guid() == null) {
            options = options.withGuid(UUID.randomUUID().toString());
        }
        return java.util.Objects.requireNonNull(options.guid());
    }

    /// Which documents it belongs to. One that is put into another document belongs to those of that one,
    /// unless it was said otherwise.
    public Optional<String> collectionId() {
        return Optional.ofNullable(options.collectionId());
    }

    /// Whatever the application says of this document; null ([Any#NULL]) when nothing.
    public Any meta() {
        return options.meta();
    }

    /// Does everybody load it who has the document that it stands in?
    public boolean autoLoad() {
        return options.autoLoad();
    }

    /// Is it to be loaded here?
    public boolean shouldLoad() {
        return options.shouldLoad();
    }

    /// Is the content of what was deleted forgotten?
    public boolean collectsGarbage() {
        return options.gc();
    }

    boolean mayCollect(int item) {
        return options.gcFilter() == Options.DEFAULTS.gcFilter()
                || options.gcFilter().test(Item.of(store, item));
    }

    /// With a guid.
    Options options() {
        guid();
        return options;
    }

    // ---- roots

    /// @throws IllegalStateException when the name is taken by a root of another kind
    public YText text(String name) {
        return root(name, YText.class, YText::new);
    }

    /// @throws IllegalStateException when the name is taken by a root of another kind
    public YArray array(String name) {
        return root(name, YArray.class, YArray::new);
    }

    /// @throws IllegalStateException when the name is taken by a root of another kind
    public YMap map(String name) {
        return root(name, YMap.class, YMap::new);
    }

    /// @throws IllegalStateException when the name is taken by a root of another kind
    public YXmlFragment xmlFragment(String name) {
        return root(name, YXmlFragment.class, YXmlFragment::new);
    }

    /// @throws IllegalStateException when the name is taken by a root of another kind
    public YXmlElement xmlElement(String name) {
        return root(name, YXmlElement.class, () -> new YXmlElement("UNDEFINED"));
    }

    private <T extends YType> T root(String name, Class<T> kind, Supplier<T> maker) {
        YType known = roots.get(name);
        if (kind.isInstance(known)) {
            return kind.cast(known);
        }
        if (known != null && !(known instanceof YUntyped)) {
            throw new IllegalStateException("the root \"" + name + "\" is a "
                    + known.getClass().getSimpleName() + ", not a " + kind.getSimpleName());
        }
        T root = maker.get();
        if (known instanceof YUntyped untyped) {
            root.replace(untyped);
        } else {
            root.becomeRoot(this, name);
        }
        roots.put(name, root);
        return root;
    }

    /// The root that an update names.
    YType root(String name) {
        YType known = roots.get(name);
        if (known != null) {
            return known;
        }
        YUntyped root = new YUntyped();
        root.becomeRoot(this, name);
        roots.put(name, root);
        return root;
    }

    /// The root of a name, if it was asked for or named by an update. A [YUntyped] as long as nobody has
    /// asked for it by its kind.
    public Optional<YType> find(String name) {
        return Optional.ofNullable(roots.get(name));
    }

    /// All roots that were asked for or named by an update.
    public Set<String> rootNames() {
        return Collections.unmodifiableSet(roots.keySet());
    }

    /// All roots as one object, each as [YType#toJson] has it. Roots of unknown kind are undefined.
    public Any toJson() {
        return TypeJson.of(this);
    }

    // ---- updates

    /// Brings in what another replica has, without an origin.
    ///
    /// @param update in encoding V1
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    /// @throws IllegalStateException when called inside a transaction or a listener
    public Applied apply(Bytes update) {
        return apply(update, UpdateFormat.V1, null);
    }

    /// Brings in what another replica has. Everything is decoded before anything is touched, so what is
    /// refused changes nothing.
    ///
    /// @param update in encoding V1
    /// @param origin handed on to listeners
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    /// @throws IllegalStateException when called inside a transaction or a listener
    public Applied apply(Bytes update, @Nullable Object origin) {
        return apply(update, UpdateFormat.V1, origin);
    }

    /// The same for an update in any encoding; the changes are in the same one.
    public Applied apply(Bytes update, UpdateFormat format, @Nullable Object origin) {
        if (!open.isEmpty()) {
            throw new IllegalStateException("an update cannot be applied inside a transaction");
        }
        try {
            UpdateReader.read(update, format, scratch);
            Integrator.check(scratch, store.clientCount());
            Application application = new Application(update, format);
            applying = application;
            begin(origin, false, application);
            return new Applied(application.changes, integrator.heldLast(), scratch.clients());
        } finally {
            applying = null;
            scratch.clear();
        }
    }

    /// Everything, as one update in encoding V1; what is held for want of other updates included.
    public Bytes state() {
        return state(UpdateFormat.V1);
    }

    /// The same in any encoding.
    public Bytes state(UpdateFormat format) {
        return integrator.stateSince(StateVector.EMPTY, format);
    }

    /// What somebody lacks who knows as much as a state vector says.
    ///
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not a state vector
    public Bytes stateSince(Bytes stateVector) {
        return stateSince(stateVector, UpdateFormat.V1);
    }

    /// The same in any encoding.
    public Bytes stateSince(Bytes stateVector, UpdateFormat format) {
        return integrator.stateSince(StateVector.decode(stateVector), format);
    }

    /// How much of each client is known here.
    public Bytes stateVector() {
        return store.stateVector().encode();
    }

    /// Does something wait for updates that have not come?
    public boolean hasPending() {
        return integrator.holdsAnything();
    }

    /// Are there structs among what waits?
    public boolean hasPendingStructs() {
        return integrator.holdsStructs();
    }

    /// Are there deletions among what waits?
    public boolean hasPendingDeletions() {
        return integrator.holdsDeletions();
    }

    /// Gives back memory that was reserved for growth. Worth it after loading.
    public void trim() {
        store.trim();
    }

    // ---- documents in documents

    /// The documents that stand in this one, as far as transactions are committed.
    public Set<Doc> subDocs() {
        return LazyDoc.docs(subDocs);
    }

    /// The guids of those documents.
    public Set<String> subDocGuids() {
        Set<String> guids = new LinkedHashSet<>();
        subDocs.forEach(subDoc -> guids.add(subDoc.guid()));
        return guids;
    }

    /// Calls a listener after every transaction by which documents came into this one, left it or are to be
    /// loaded. Those who listen for updates have heard of it then.
    public Subscription onSubDocs(Consumer<SubDocsEvent> listener) {
        return subDocsListeners.add(listener, () -> {});
    }

    /// Asks those who listen to the document that this one stands in to bring in its content. Nothing happens
    /// when it is to be loaded already, or stands in none.
    public void load() {
        LazyDoc here = place;
        if (here != null && !shouldLoad()) {
            here.parent().edit(transaction -> transaction.subDocs().load(here));
        }
        options = options.withShouldLoad(true);
    }

    /// Ends the use of this instance: nobody who listens hears of it any more. Where it stands in another
    /// document a new instance with the same guid takes its place, which can be loaded again; so to destroy a
    /// document is to free what it holds. The documents that stand in it are destroyed too.
    public void destroy() {
        destroyed = true;
        Shield shield = new Shield();
        for (LazyDoc subDoc : List.copyOf(subDocs)) {
            shield.run(subDoc::destroy);
        }
        LazyDoc left = place;
        if (left != null) {
            place = null;
            shield.run(left::leave);
        }
        destroyListeners.each(shield, listener -> listener.accept(this));
        destroyListeners.clear();
        subDocsListeners.clear();
        transactionListeners.clear();
        listeners = List.of();
        shield.rethrow();
    }

    /// Was [#destroy] called?
    public boolean isDestroyed() {
        return destroyed;
    }

    /// Calls a listener when this document is destroyed, also because it was taken out of another one.
    public Subscription onDestroy(Consumer<Doc> listener) {
        return destroyListeners.add(listener, () -> {});
    }

    @Nullable
    Doc parent() {
        return place == null ? null : place.parent();
    }

    void standsAt(LazyDoc here) {
        place = here;
    }

    /// To be called when it was added to another document.
    void adopt(long client, @Nullable String collection) {
        clientId = client;
        if (options.collectionId() == null && collection != null) {
            options = options.withCollectionId(collection);
        }
    }

    private void announceSubDocs(SubDocsEvent event, Shield shield) {
        event.addedPlaces().forEach(subDoc -> {
            subDoc.adopt(clientId, options.collectionId());
            subDocs.add(subDoc);
        });
        subDocs.removeAll(event.removedPlaces());
        subDocsListeners.each(shield, listener -> listener.accept(event));
        event.removedPlaces().forEach(subDoc -> shield.run(subDoc::destroy));
    }

    // ---- transactions

    /// Makes edits that belong together: they leave as one update. Inside another transaction they belong to
    /// that one. When `edits` throws, what was done until then stays done.
    public void transact(Runnable edits) {
        transact(edits, null);
    }

    /// The same by somebody.
    ///
    /// @param origin handed on to listeners
    public void transact(Runnable edits, @Nullable Object origin) {
        begin(origin, true, ignored -> edits.run());
    }

    /// The same, with something to be known afterwards.
    ///
    /// @param origin handed on to listeners
    /// @return what `edits` returned
    public <T extends @Nullable Object> T compute(Supplier<T> edits, @Nullable Object origin) {
        List<T> result = new ArrayList<>(1);
        begin(origin, true, ignored -> result.add(edits.get()));
        return result.getFirst();
    }

    /// Calls a listener with every change from now on, in encoding V1.
    public Subscription onUpdate(UpdateListener listener) {
        return onUpdate(UpdateFormat.V1, listener);
    }

    /// The same in any encoding. Those who want V1 hear of a change before those who want V2.
    public Subscription onUpdate(UpdateFormat format, UpdateListener listener) {
        Listening listening = new Listening(format, listener);
        int position = 0;
        while (position < listeners.size() && listeners.get(position).format.compareTo(format) <= 0) {
            position++;
        }
        listeners = with(listeners, position, listening);
        return () -> listeners =
                listeners.stream().filter(other -> other != listening).toList();
    }

    private static <T> List<T> with(List<T> list, int position, T added) {
        if (list.isEmpty()) {
            return List.of(added);
        }
        List<T> longer = new ArrayList<>(list);
        longer.add(position, added);
        return List.copyOf(longer);
    }

    /// Calls a listener at the steps of every transaction from now on.
    public Subscription onTransactions(TransactionListener listener) {
        return transactionListeners.add(listener, () -> {});
    }

    void tell(Shield shield, Consumer<TransactionListener> call) {
        transactionListeners.each(shield, call);
    }

    void addTypeObservers(int count) {
        typeObservers += count;
    }

    boolean hasObservedTypes() {
        return typeObservers > 0;
    }

    /// Is there anybody to be called before a transaction is tidied up?
    boolean isObserved() {
        return typeObservers > 0 || !transactionListeners.isEmpty();
    }

    /// An edit of our own, in the running transaction or one by itself.
    void edit(Consumer<Transaction> edits) {
        begin(null, true, edits);
    }

    void edit(@Nullable Object origin, Consumer<Transaction> edits) {
        begin(origin, true, edits);
    }

    private void begin(@Nullable Object origin, boolean local, Consumer<Transaction> edits) {
        if (current != null) {
            edits.accept(current);
            return;
        }
        Transaction transaction = spare != null ? spare : new Transaction(this);
        spare = null;
        transaction.begin(++transactions, origin, local);
        open.add(transaction);
        current = transaction;
        try {
            if (!transactionListeners.isEmpty()) {
                announceBegin(transaction);
            }
            edits.accept(transaction);
        } finally {
            current = null;
            if (isObserved()) {
                transaction.end();
            }
            if (open.getFirst() == transaction) {
                commitAll();
            }
        }
    }

    private void announceBegin(Transaction transaction) {
        transaction.shown();
        Shield shield = new Shield();
        if (open.size() == 1) {
            tell(shield, listener -> listener.beforeAllTransactions(this));
        }
        tell(shield, listener -> listener.beforeTransaction(transaction));
        shield.rethrow();
    }

    /// Commits what is open and what is begun meanwhile. A listener that throws does not keep the others from
    /// hearing.
    private void commitAll() {
        Shield shield = new Shield();
        List<Transaction> done = List.of();
        try {
            for (int i = 0; i < open.size(); i++) {
                commit.finish(open.get(i), shield);
            }
            if (!transactionListeners.isEmpty()) {
                done = List.copyOf(open);
            } else if (open.getFirst().isReusable()) {
                spare = open.getFirst();
            }
        } finally {
            open.clear();
        }
        if (!done.isEmpty()) {
            List<Transaction> all = done;
            tell(shield, listener -> listener.afterAllTransactions(this, all));
        }
        shield.rethrow();
    }

    void willGrow(int client) {
        ClientStructs structs = store.client(client);
        Transaction newest = open.getLast();
        if (structs.growsIn == newest.number) {
            return;
        }
        structs.growsIn = newest.number;
        for (int i = 0; i < open.size(); i++) {
            open.get(i).remember(client, structs.state);
        }
    }

    /// Tells what a committed transaction changed.
    void announce(Transaction transaction, Shield shield) {
        if (!transaction.local) {
            ClientStructs own = store.clientOrNull(clientId);
            if (own != null && transaction.grew(own.index)) {
                clientId = randomClientId();
            }
        }
        tell(shield, listener -> listener.afterTransactionCleanup(transaction));
        if (transaction.changedAnything()) {
            announceUpdate(transaction, shield);
        }
        SubDocsEvent subDocsEvent = transaction.subDocsOrNull();
        if (subDocsEvent != null && !subDocsEvent.isEmpty()) {
            announceSubDocs(subDocsEvent, shield);
        }
    }

    private void announceUpdate(Transaction transaction, Shield shield) {
        Application application = applying;
        if (application != null) {
            boolean asItCame = application.transaction == transaction && application.allNew;
            application.changed(
                    asItCame ? application.update : UpdateWriter.write(store, transaction, application.format));
        }
        UpdateFormat encodedAs = UpdateFormat.V1;
        Bytes encoded = null;
        for (Listening listening : listeners) {
            if (encoded == null || encodedAs != listening.format) {
                encodedAs = listening.format;
                encoded = UpdateWriter.write(store, transaction, encodedAs);
            }
            Bytes update = encoded;
            shield.run(() -> listening.listener.onUpdate(update, transaction.origin));
        }
    }
}
