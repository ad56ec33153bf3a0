package org.civicpress.realtime.crdt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.civicpress.realtime.crdt.lib0.ByteReader;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;

/// Who wrote and who deleted what, kept in the document itself: a map from what describes a user (a name, say) to
/// the client ids that the user had and to what the user deleted.
///
/// ```
/// users       := Map of description to user
/// user        := Map { ids: Array of client ids, ds: Array of bytes, each a delete set in encoding V1 }
/// ```
///
/// # When it is noted
///
/// What a transaction here deleted is noted in a transaction of its own, and so is what has to be written again
/// because somebody else overwrote the entry of a user. Yjs does that in a timer of no delay. Here an [Executor]
/// says when: the one of the thread that the document is confined to, or none, and then it is done as soon as the
/// transactions that are open now are committed.
///
/// What others wrote into the map and is not as above says nothing about anybody.
///
/// Source: yjs 13.6 `PermanentUserData.js`. Confined to the document.
public final class PermanentUserData implements AutoCloseable {
    private final Doc doc;
    private final YMap users;
    private final Executor later;
    private final Map<Long, String> clients = new LinkedHashMap<>();
    private final Map<String, DeleteSet> deletions = new LinkedHashMap<>();
    private final List<Subscription> subscriptions = new ArrayList<>();

    /// The entry of a user.
    private record User(YMap entry, YArray ids, YArray ds) {}

    /// In the root `"users"`, noting at the end of transactions.
    public PermanentUserData(Doc doc) {
        this(doc.map("users"));
    }

    /// Noting at the end of transactions.
    ///
    /// @throws IllegalStateException when the map is in no document yet
    public PermanentUserData(YMap users) {
        this.users = users;
        this.doc = users.doc();
        this.later = new AfterTransactions();
        begin();
    }

    /// @param later runs what is to be noted, on the thread that the document is confined to
    /// @throws IllegalStateException when the map is in no document yet
    public PermanentUserData(YMap users, Executor later) {
        this.users = users;
        this.doc = users.doc();
        this.later = later;
        begin();
    }

    private void begin() {
        subscriptions.add(users.observe(event -> event.keysChanged().forEach(this::learn)));
        users.keys().forEach(this::learn);
    }

    /// Says that a user edits under a client id from now on, and notes what the user deletes here until the
    /// subscription is closed. To be called once for each instance of the document: what is deleted is noted for
    /// each call.
    public Subscription setUserMapping(long clientId, String description) {
        return setUserMapping(clientId, description, transaction -> true);
    }

    /// @param filter deletions of transactions for which it says false are not noted
    public Subscription setUserMapping(long clientId, String description, Predicate<Transaction> filter) {
        User user = user(description).orElseGet(() -> add(description));
        user.ids.push(List.of(YValue.of(Any.of(clientId))));
        Mapping mapping = new Mapping(description, filter, user);
        Subscription entries = users.observe(event -> later.execute(mapping::follow));
        Subscription transactions = doc.onTransactions(mapping);
        Subscription both = () -> {
            entries.close();
            transactions.close();
        };
        subscriptions.add(both);
        return both;
    }

    /// Who edited under a client id.
    public Optional<String> userByClientId(long clientId) {
        return Optional.ofNullable(clients.get(clientId));
    }

    /// Who deleted a unit.
    public Optional<String> userByDeletedId(Id id) {
        for (Map.Entry<String, DeleteSet> deleted : deletions.entrySet()) {
            if (deleted.getValue().contains(id.client(), id.clock())) {
                return Optional.of(deleted.getKey());
            }
        }
        return Optional.empty();
    }

    /// Stops noting and learning.
    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        subscriptions.clear();
    }

    private Optional<User> user(String description) {
        return users.type(description).orElse(null) instanceof YMap entry
                        && entry.type("ids").orElse(null) instanceof YArray ids
                        && entry.type("ds").orElse(null) instanceof YArray ds
                ? Optional.of(new User(entry, ids, ds))
                : Optional.empty();
    }

    private User add(String description) {
        YMap entry = new YMap();
        YArray ids = new YArray();
        YArray ds = new YArray();
        entry.set("ids", ids);
        entry.set("ds", ds);
        users.set(description, entry);
        return new User(entry, ids, ds);
    }

    // ---- what others note

    private void learn(String description) {
        user(description).ifPresent(user -> {
            subscriptions.add(user.ds.observe(event -> learnDeletions(description, inserted(event))));
            deletions.put(description, new DeleteSet());
            learnDeletions(description, user.ds.values());
            subscriptions.add(user.ids.observe(event -> learnClients(description, inserted(event))));
            learnClients(description, user.ids.values());
        });
    }

    private static List<YValue> inserted(YArrayEvent event) {
        List<YValue> inserted = new ArrayList<>();
        for (ListOp op : event.delta()) {
            if (op instanceof ListOp.Insert(var values)) {
                inserted.addAll(values);
            }
        }
        return inserted;
    }

    private void learnClients(String description, List<YValue> values) {
        for (YValue value : values) {
            if (value instanceof YValue.Plain(Any.Num(var number)) && number == (long) number) {
                clients.put((long) number, description);
            }
        }
    }

    private void learnDeletions(String description, List<YValue> values) {
        DeleteSet all = new DeleteSet();
        all.addAll(Objects.requireNonNull(deletions.get(description)));
        for (YValue value : values) {
            if (value instanceof YValue.Plain(Any.Bin(var bytes))) {
                read(bytes).ifPresent(all::addAll);
            }
        }
        deletions.put(description, all.normalised());
    }

    private static Optional<DeleteSet> read(Bytes bytes) {
        DeleteSet deletions = new DeleteSet();
        try {
            UpdateReader.readDeleteSet(UpdateFormat.V1.deletionsInput(new ByteReader(bytes)), deletions);
        } catch (MalformedBytesException e) {
            return Optional.empty(); // somebody else's, and no reason to fail here
        }
        return Optional.of(deletions);
    }

    private static YValue written(DeleteSet deletions) {
        UpdateOutput out = UpdateFormat.V1.output(64);
        UpdateWriter.writeDeleteSet(out, deletions);
        return YValue.of(Any.of(out.bareBytes()));
    }

    // ---- what is noted here

    /// A user who edits here.
    private final class Mapping implements TransactionListener {
        private final String description;
        private final Predicate<Transaction> filter;
        private User user;

        Mapping(String description, Predicate<Transaction> filter, User user) {
            this.description = description;
            this.filter = filter;
            this.user = user;
        }

        /// When somebody else made an entry for the same user: what is known of the user goes into that one.
        void follow() {
            User now = user(description).orElse(user);
            if (now.entry == user.entry) {
                return;
            }
            user = now;
            List<Long> own = clients.entrySet().stream()
                    .filter(client -> client.getValue().equals(description))
                    .map(Map.Entry::getKey)
                    .toList();
            own.forEach(client -> now.ids.push(List.of(YValue.of(Any.of(client)))));
            now.ds.push(List.of(written(Objects.requireNonNull(deletions.get(description)))));
        }

        @Override
        public void afterTransaction(Transaction transaction) {
            if (transaction.isLocal() && transaction.deletedAnything() && filter.test(transaction)) {
                YValue deleted = written(transaction.deletions());
                later.execute(() -> note(deleted));
            }
        }

        private void note(YValue deleted) {
            if (!user.ds.isDeleted()) {
                user.ds.push(List.of(deleted));
            }
        }
    }

    /// Runs what it is given when the transactions that are open are committed.
    private final class AfterTransactions implements Executor, TransactionListener {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean running;

        AfterTransactions() {
            subscriptions.add(doc.onTransactions(this));
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void afterAllTransactions(Doc committed, List<Transaction> transactions) {
            if (running) {
                return; // what a task edits is no reason to begin the next one before it ends
            }
            running = true;
            Shield shield = new Shield();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                shield.run(task);
            }
            running = false;
            shield.rethrow();
        }
    }
}
