package org.civicpress.realtime.protocol;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Json;
import org.civicpress.realtime.crdt.Subscription;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/// What one client and those beside it say of themselves: name, colour, cursor. Never part of the document.
///
/// The client has a state of its own, which is JSON and at first an empty object; null says that it is gone. What
/// the others say comes in as updates ([#apply]), and what the others have to hear goes out as one ([#encode] of
/// the clients that an update event names). Whoever has not been heard of for [#OUTDATED] is taken for gone, so the
/// own state is repeated before: [#check] is to be called every few seconds. [AwarenessStates] has the rules.
///
/// A state that JavaScript calls false (0, "", false) is here and nevertheless none: it is written as null.
///
/// Source: y-protocols 1.0 `awareness.js`. Confined to its user.
public final class Awareness {
    /// How long a client counts as being here that says nothing.
    public static final Duration OUTDATED = Duration.ofSeconds(30);

    /// The origin of what the client itself sets.
    public static final String LOCAL = "local";

    /// The origin of what [#check] does to others.
    public static final String TIMEOUT = "timeout";

    private final long clientId;
    private final InstantSource clock;
    private final AwarenessStates states = new AwarenessStates();
    private final Map<Long, Long> lastHeardMillis = new HashMap<>();
    private final List<Listener> changeListeners = new ArrayList<>(1);
    private final List<Listener> updateListeners = new ArrayList<>(1);

    /// Who came, who said something, who went.
    ///
    /// @param updated those who were here already, or were here once and have returned
    /// @param removed may be this client itself, which others took for gone: it is here, with a higher clock, and
    ///     the others should be told
    /// @param origin as given to the call that was the cause; [#LOCAL] or [#TIMEOUT]
    public record Event(
            List<Long> added,
            List<Long> updated,
            List<Long> removed,
            @Nullable Object origin) {
        public Event {
            added = List.copyOf(added);
            updated = List.copyOf(updated);
            removed = List.copyOf(removed);
        }
    }

    /// Hears of events.
    @FunctionalInterface
    public interface Listener {
        void on(Event event);
    }

    /// @param clientId that of the document
    public Awareness(long clientId, InstantSource clock) {
        this.clientId = clientId;
        this.clock = clock;
        setLocalState(Any.obj(Map.of()));
    }

    public long clientId() {
        return clientId;
    }

    // ---- the client's own state

    /// Empty when the client is gone.
    public Optional<Any> localState() {
        return states.of(clientId).map(entry -> Json.parse(entry.state())).filter(Awareness::isTruthy);
    }

    /// @param state null ([Any#NULL]): the client is gone
    /// @throws IllegalArgumentException when it is not JSON
    public void setLocalState(Any state) {
        Optional<AwarenessEntry> before = states.of(clientId);
        long next = before.map(entry -> entry.clock() + 1).orElse(0L);
        put(new AwarenessEntry(clientId, next, Json.stringify(state)));
        Changes changes = new Changes();
        if (state.equals(Any.NULL)) {
            changes.removed.add(clientId);
        } else if (before.isEmpty() || before.get().isGone()) {
            changes.added.add(clientId);
        } else {
            changes.update(before.get(), state);
        }
        changes.tellChange(LOCAL);
        tell(updateListeners, changes.all(LOCAL));
    }

    /// Sets one field of the state. Nothing happens when the client is gone.
    public void setLocalStateField(String field, Any value) {
        localState().ifPresent(state -> {
            Map<String, Any> fields = fieldsOf(state);
            fields.put(field, value);
            setLocalState(Any.obj(fields));
        });
    }

    // ---- everybody's

    /// Of all who are here, this client included.
    public Map<Long, Any> states() {
        Map<Long, Any> all = new LinkedHashMap<>();
        states.all().forEach(entry -> all.put(entry.client(), Json.parse(entry.state())));
        return all;
    }

    /// Of all who were ever heard of, in that order.
    public Map<Long, Long> clocks() {
        return states.clocks();
    }

    /// Takes what is news in what another client sent. All of it is decoded before anything is taken.
    ///
    /// @param origin handed on to listeners
    /// @throws MalformedBytesException when it is not an awareness update
    public void apply(Bytes update, @Nullable Object origin) {
        Changes changes = new Changes();
        for (AwarenessEntry entry : decode(update)) {
            if (!states.isNews(entry)) {
                continue;
            }
            Optional<AwarenessEntry> before = states.of(entry.client());
            if (!entry.isGone()) {
                if (before.isPresent()) {
                    changes.update(before.get(), Json.parse(entry.state()));
                } else {
                    changes.added.add(entry.client());
                }
            } else if (before.isPresent()) {
                changes.removed.add(entry.client());
            }
            boolean isMistaken =
                    entry.isGone() && entry.client() == clientId && localState().isPresent();
            put(isMistaken ? stillHere(entry.clock() + 1) : entry);
        }
        changes.tellChange(origin);
        if (!changes.isEmpty()) {
            tell(updateListeners, changes.all(origin));
        }
    }

    /// The own state, to contradict those who took this client for gone.
    private AwarenessEntry stillHere(long atClock) {
        return new AwarenessEntry(
                clientId, atClock, states.of(clientId).orElseThrow().state());
    }

    /// Lets clients go that cannot say so themselves, when their connection broke say.
    public void remove(Collection<Long> clients, @Nullable Object origin) {
        Changes changes = new Changes();
        for (long client : clients) {
            states.remove(client).ifPresent(left -> {
                if (client == clientId) {
                    put(new AwarenessEntry(client, left.clock() + 1, AwarenessEntry.GONE));
                }
                changes.removed.add(client);
            });
        }
        changes.tellChange(origin);
        if (!changes.isEmpty()) {
            tell(updateListeners, changes.all(origin));
        }
    }

    /// What others have to hear of some clients.
    ///
    /// @throws IllegalArgumentException when one was never heard of
    public Bytes encode(Collection<Long> clients) {
        List<AwarenessEntry> entries = new ArrayList<>();
        for (long client : clients) {
            AwarenessEntry entry = states.of(client)
                    .orElseThrow(() -> new IllegalArgumentException("client " + client + " was never heard of"));
            boolean says = isTruthy(Json.parse(entry.state()));
            entries.add(says ? entry : new AwarenessEntry(client, entry.clock(), AwarenessEntry.GONE));
        }
        return Messages.writeAwareness(entries);
    }

    /// The same update with other states.
    ///
    /// @throws MalformedBytesException when it is not an awareness update
    public static Bytes modify(Bytes update, UnaryOperator<Any> change) {
        return Messages.writeAwareness(decode(update).stream()
                .map(entry -> new AwarenessEntry(
                        entry.client(), entry.clock(), Json.stringify(change.apply(Json.parse(entry.state())))))
                .toList());
    }

    /// Repeats the own state when it is time, and lets those go that were not heard of for too long. To be called
    /// every few seconds.
    public void check() {
        long now = clock.millis();
        if (localState().isPresent() && now - lastHeardMillis(clientId) >= OUTDATED.toMillis() / 2) {
            localState().ifPresent(this::setLocalState);
        }
        remove(
                states.all().stream()
                        .map(AwarenessEntry::client)
                        .filter(client -> client != clientId && now - lastHeardMillis(client) >= OUTDATED.toMillis())
                        .toList(),
                TIMEOUT);
    }

    // ---- listeners

    /// Calls a listener whenever somebody came, went, or says something else than before.
    public Subscription onChange(Listener listener) {
        changeListeners.add(listener);
        return () -> changeListeners.remove(listener);
    }

    /// Calls a listener whenever there is something to tell the others, repetitions included; after those who hear
    /// of the change.
    public Subscription onUpdate(Listener listener) {
        updateListeners.add(listener);
        return () -> updateListeners.remove(listener);
    }

    private static void tell(List<Listener> listeners, Event event) {
        List.copyOf(listeners).forEach(listener -> listener.on(event));
    }

    /// What one call did.
    private final class Changes {
        final List<Long> added = new ArrayList<>();
        final List<Long> updated = new ArrayList<>();
        /// Those of `updated` who say something else than before.
        final List<Long> changed = new ArrayList<>();
        final List<Long> removed = new ArrayList<>();

        void update(AwarenessEntry before, Any state) {
            updated.add(before.client());
            if (before.isGone() || !isSame(Json.parse(before.state()), state)) {
                changed.add(before.client());
            }
        }

        boolean isEmpty() {
            return added.isEmpty() && updated.isEmpty() && removed.isEmpty();
        }

        Event all(@Nullable Object origin) {
            return new Event(added, updated, removed, origin);
        }

        void tellChange(@Nullable Object origin) {
            if (!added.isEmpty() || !changed.isEmpty() || !removed.isEmpty()) {
                tell(changeListeners, new Event(added, changed, removed, origin));
            }
        }
    }

    private void put(AwarenessEntry entry) {
        states.put(entry);
        lastHeardMillis.put(entry.client(), clock.millis());
    }

    private long lastHeardMillis(long client) {
        return lastHeardMillis.getOrDefault(client, 0L);
    }

    // ---- JSON

    /// The states in the words of `JSON.stringify`, whatever the sender's were.
    private static List<AwarenessEntry> decode(Bytes update) {
        return Messages.readAwareness(update).stream()
                .map(entry ->
                        new AwarenessEntry(entry.client(), entry.clock(), Json.stringify(Json.parse(entry.state()))))
                .toList();
    }

    /// The fields that JavaScript finds in a state, as `{ ...state }`. A copy.
    public static Map<String, Any> fieldsOf(Any state) {
        Map<String, Any> fields = new LinkedHashMap<>();
        switch (state) {
            case Any.Obj(var values) -> fields.putAll(values);
            case Any.Arr(var values) -> {
                for (Any each : values) {
                    fields.put(Integer.toString(fields.size()), each);
                }
            }
            case Any.Str(var text) ->
                text.chars()
                        .mapToObj(unit -> Character.toString((char) unit))
                        .forEach(each -> fields.put(Integer.toString(fields.size()), Any.of(each)));
            case Any.Undefined _, Any.Null _, Any.Bool _, Any.Num _, Any.BigInt _, Any.Bin _ -> {}
        }
        return fields;
    }

    private static boolean isTruthy(Any value) {
        return switch (value) {
            case Any.Undefined _, Any.Null _ -> false;
            case Any.Bool(boolean bool) -> bool;
            case Any.Num(double number) -> number != 0;
            case Any.Str(String text) -> !text.isEmpty();
            case Any.BigInt _, Any.Bin _, Any.Arr _, Any.Obj _ -> true;
        };
    }

    /// Equal in all depths; zero and negative zero are.
    private static boolean isSame(Any a, Any b) {
        return switch (a) {
            case Any.Num(double number) -> b instanceof Any.Num(double other) && number == other;
            case Any.Arr(var values) -> {
                if (!(b instanceof Any.Arr(var others)) || values.size() != others.size()) {
                    yield false;
                }
                for (int i = 0; i < values.size(); i++) {
                    if (!isSame(values.get(i), others.get(i))) {
                        yield false;
                    }
                }
                yield true;
            }
            case Any.Obj(var values) ->
                b instanceof Any.Obj(var others)
                        && values.size() == others.size()
                        && values.entrySet().stream()
                                .allMatch(entry -> others.get(entry.getKey()) instanceof Any other
                                        && isSame(entry.getValue(), other));
            case Any.Undefined _, Any.Null _, Any.Bool _, Any.Str _, Any.BigInt _, Any.Bin _ -> a.equals(b);
        };
    }
}
