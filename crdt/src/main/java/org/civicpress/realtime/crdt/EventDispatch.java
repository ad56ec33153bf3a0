package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Calls those who observe a document when one of its transactions has ended.
///
/// 1. Every changed type has its observers called, in the order in which the types first changed. Types that were
///    made in the transaction are not changed but new, and say nothing; neither do those that are deleted.
/// 2. Every type with deep observers has them called with the events from below it, the nearest first. Events
///    whose target an observer deleted meanwhile are left out.
///
/// Source: yjs 13.6 `Transaction.js#cleanupTransactions`, `AbstractType.js#callTypeObservers`. Confined to its
/// transaction.
final class EventDispatch {
    private final Transaction transaction;
    private final Doc doc;
    private final Shield shield;
    private final Map<YType, List<YEvent>> above = new LinkedHashMap<>();

    private EventDispatch(Transaction transaction, Shield shield) {
        this.transaction = transaction;
        this.doc = transaction.doc;
        this.shield = shield;
    }

    /// @return whether a text with formats changed
    static boolean run(Transaction transaction, Shield shield) {
        return new EventDispatch(transaction, shield).run();
    }

    private boolean run() {
        transaction.end();
        doc.tell(shield, listener -> listener.beforeObserverCalls(transaction));
        transaction.observed(true);
        boolean formattedText = callObservers();
        callDeepObservers();
        doc.tell(shield, listener -> listener.afterTransaction(transaction));
        transaction.observed(false);
        return formattedText;
    }

    private boolean callObservers() {
        boolean formattedText = false;
        Map<Integer, TypeChange> changes = doc.hasObservedTypes() ? TypeChange.of(transaction) : Map.of();
        for (YType type : transaction.changedTypes) {
            if (type.isDeleted()) {
                continue;
            }
            TypeChange change = changes.get(type.index);
            YEvent event = change == null ? null : event(type, change);
            if (event != null) {
                climb(type, event);
                type.callObservers(event, shield);
            }
            formattedText |= type instanceof YText && type.hasFormatting;
        }
        return formattedText;
    }

    private @Nullable YEvent event(YType type, TypeChange change) {
        return switch (type) {
            case YText text -> new YTextEvent(text, transaction, change);
            case YArray array -> new YArrayEvent(array, transaction, change);
            case YMap map -> new YMapEvent(map, transaction, change);
            case YXmlFragment fragment -> new YXmlEvent(fragment, transaction, change);
            case YUntyped _ -> null;
        };
    }

    private void climb(YType target, YEvent event) {
        StructStore store = doc.store;
        YType type = target;
        while (true) {
            above.computeIfAbsent(type, ignored -> new ArrayList<>()).add(event);
            if (type.item == NONE) {
                return;
            }
            type = store.type(store.parent(type.item));
        }
    }

    private void callDeepObservers() {
        above.keySet().removeIf(type -> type.isDeleted() || !type.hasDeepObservers());
        above.forEach((type, below) -> {
            List<YEvent> events = new ArrayList<>(below);
            events.removeIf(event -> event.target().isDeleted());
            events.forEach(event -> event.climbTo(type));
            events.sort(Comparator.comparingInt(YEvent::depth));
            if (!events.isEmpty()) {
                type.callDeepObservers(List.copyOf(events), shield);
            }
        });
    }
}
