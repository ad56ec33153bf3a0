package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// A document that many replicas edit at once and that comes out the same everywhere: Yjs 13.6, byte for byte.
///
/// Shared types stand at its root under names. Edits are made in transactions; a lone edit is one by itself.
/// Whatever a transaction changed leaves the document as an *update*, and an update from elsewhere is brought in
/// by [#apply], in any order and any number of times.
///
/// Confined to its user: one thread at a time. Reading never writes.
public final class Doc {
    final StructStore store = new StructStore();
    final Yata yata = new Yata(this);

    private final Integrator integrator = new Integrator(this, yata);
    private final Map<String, YType> roots = new LinkedHashMap<>(4);
    private final List<Listening> listeners = new ArrayList<>(1);
    private final boolean gc;
    private final Handlers<TransactionListener> transactionListeners = new Handlers<>();
    /// How many observers the types of this document have.
    private int typeObservers;
    private long clientId;

    /// The transaction that edits join now.
    private @Nullable Transaction current;
    /// Transactions that were begun and are not committed yet, oldest first.
    private final List<Transaction> open = new ArrayList<>(1);

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

    /// An update on its way in, and what came of it so far.
    private static final class Application {
        final Bytes update;
        final UpdateFormat format;
        final List<Bytes> changes = new ArrayList<>(1);

        @Nullable
        Transaction transaction;

        boolean allNew;

        Application(Bytes update, UpdateFormat format) {
            this.update = update;
            this.format = format;
        }
    }

    /// A document with a client id of its own that collects what was deleted.
    public Doc() {
        this(randomClientId(), true);
    }

    /// @param clientId 0 to 2^53 - 1; no two replicas that edit may have the same
    public Doc(long clientId) {
        this(clientId, true);
    }

    /// @param gc false keeps the content of what was deleted
    public Doc(long clientId, boolean gc) {
        if (clientId < 0 || clientId > ByteReader.MAX_SAFE_INTEGER) {
            throw new IllegalArgumentException("not a client id: " + clientId);
        }
        this.clientId = clientId;
        this.gc = gc;
    }

    private static long randomClientId() {
        return ThreadLocalRandom.current().nextLong(1L << 32);
    }

    /// Who edits here. Changes when an update shows that somebody else edits under the same id.
    public long clientId() {
        return clientId;
    }

    boolean collectsGarbage() {
        return gc;
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

    Optional<YType> knownRoot(String name) {
        return Optional.ofNullable(roots.get(name));
    }

    /// All roots that were asked for or named by an update.
    public Set<String> rootNames() {
        return Collections.unmodifiableSet(roots.keySet());
    }

    // ---- updates

    /// Brings in what another replica has. Everything is decoded before anything is touched, so what is refused
    /// changes nothing.
    ///
    /// @param update in encoding V1
    /// @param origin handed on to listeners
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    /// @throws IllegalStateException when called inside a transaction or a listener
    public Applied apply(Bytes update, @Nullable Object origin) {
        return apply(update, UpdateFormat.V1, origin);
    }

    /// The same for an update in any encoding. What is passed on is in V1.
    public Applied apply(Bytes update, UpdateFormat format, @Nullable Object origin) {
        if (!open.isEmpty()) {
            throw new IllegalStateException("an update cannot be applied inside a transaction");
        }
        try {
            UpdateReader.read(update, format, scratch);
            Integrator.check(scratch);
            Application application = new Application(update, format);
            applying = application;
            begin(origin, false, transaction -> {
                application.transaction = transaction;
                application.allNew = integrator.apply(transaction, scratch)
                        && transaction.deletions().sameAs(scratch.deletes.normalised());
            });
            return new Applied(application.changes, integrator.heldLast(), List.copyOf(scratch.clients()));
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
        return integrator.stateSince(StateVector.read(stateVector), format);
    }

    /// How much of each client is known here.
    public Bytes stateVector() {
        return store.stateVector().write();
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

    // ---- transactions

    /// Makes edits that belong together: they leave as one update. Inside another transaction they belong to that
    /// one. When `edits` throws, what was done until then stays done.
    ///
    /// @param origin handed on to listeners
    public void transact(Runnable edits, @Nullable Object origin) {
        begin(origin, true, ignored -> edits.run());
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
        listeners.add(position, listening);
        return () -> listeners.remove(listening);
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
        Transaction transaction = new Transaction(this, origin, local);
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
                Commit.finish(open.get(i), shield);
            }
            if (!transactionListeners.isEmpty()) {
                done = List.copyOf(open);
            }
        } finally {
            open.clear();
        }
        List<Transaction> transactions = done;
        tell(shield, listener -> listener.afterAllTransactions(this, transactions));
        shield.rethrow();
    }

    void willGrow(int client) {
        int state = store.client(client).state;
        for (int i = 0; i < open.size(); i++) {
            open.get(i).remember(client, state);
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
        if (!transaction.changedAnything()) {
            return;
        }
        Application application = applying;
        boolean asItCame = application != null
                && application.transaction == transaction
                && application.allNew
                && application.format == UpdateFormat.V1;
        if (application != null) {
            application.changes.add(
                    asItCame ? application.update : UpdateWriter.write(store, transaction, UpdateFormat.V1));
        }
        UpdateFormat encodedAs = UpdateFormat.V1;
        Bytes encoded = null;
        for (Listening listening : List.copyOf(listeners)) {
            if (encoded == null || encodedAs != listening.format) {
                encodedAs = listening.format;
                encoded = UpdateWriter.write(store, transaction, encodedAs);
            }
            Bytes update = encoded;
            shield.run(() -> listening.listener.onUpdate(update, transaction.origin));
        }
    }
}
