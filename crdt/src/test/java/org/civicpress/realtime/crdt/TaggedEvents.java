package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What an event says, in the tagged JSON of the vectors.
public final class TaggedEvents {
    private TaggedEvents() {}

    /// @param oldValues whether the changes of keys tell what stood there before
    public static Any of(YEvent event, boolean oldValues) {
        Map<String, Any> tagged = new LinkedHashMap<>();
        tagged.put(
                "path", Any.list(event.path().stream().map(TaggedEvents::step).toList()));
        tagged.put("delta", delta(event));
        List<Any> keys = new ArrayList<>();
        new TreeMap<>(event.keys()).forEach((key, change) -> keys.add(keyChange(key, change, oldValues)));
        tagged.put("keys", Any.list(keys));
        return Any.obj(tagged);
    }

    /// The units that came and went in a list, as `[client, clock, value]`.
    public static Any units(List<YEvent.Item> items) {
        List<Any> units = new ArrayList<>();
        for (YEvent.Item item : items) {
            for (int i = 0; i < item.values().size(); i++) {
                Any clock = Any.of(item.id().clock() + i);
                units.add(Any.list(
                        Any.of(item.id().client()),
                        clock,
                        Tagged.value(item.values().get(i))));
            }
        }
        return Any.list(units);
    }

    private static Any step(YEvent.Step step) {
        return switch (step) {
            case YEvent.Step.Key(var name) -> Any.of(name);
            case YEvent.Step.Index(int position) -> Any.of(position);
        };
    }

    private static Any delta(YEvent event) {
        return switch (event) {
            case YTextEvent text ->
                Any.list(text.delta().stream().map(TaggedEvents::textOp).toList());
            case YArrayEvent array ->
                Any.list(array.delta().stream().map(TaggedEvents::listOp).toList());
            case YXmlEvent xml ->
                Any.list(xml.delta().stream().map(TaggedEvents::listOp).toList());
            case YMapEvent _ -> Any.list();
        };
    }

    private static Any listOp(ListOp op) {
        return switch (op) {
            case ListOp.Retain(int units) -> Any.obj(Map.of("retain", Any.of(units)));
            case ListOp.Delete(int units) -> Any.obj(Map.of("delete", Any.of(units)));
            case ListOp.Insert(var values) ->
                Any.obj(Map.of(
                        "insert", Any.list(values.stream().map(Tagged::value).toList())));
        };
    }

    private static Any textOp(Delta.Op op) {
        Map<String, Any> tagged = new LinkedHashMap<>();
        switch (op) {
            case Delta.Text(var text, var _) -> tagged.put("insert", Any.of(text));
            case Delta.Embed(var value, var _) -> tagged.put("insert", Tagged.any(value));
            case Delta.Type(var type, var _) -> tagged.put("insert", Tagged.type(type));
            case Delta.Retain(int units, var _) -> tagged.put("retain", Any.of(units));
            case Delta.Delete(int units) -> tagged.put("delete", Any.of(units));
        }
        if (!op.attributes().isEmpty()) {
            tagged.put("attributes", Tagged.entries(op.attributes()));
        }
        return Any.obj(tagged);
    }

    private static Any keyChange(String key, KeyChange change, boolean oldValues) {
        List<Any> tagged = new ArrayList<>();
        tagged.add(Any.of(key));
        YValue old = YValue.of(Any.UNDEFINED);
        switch (change) {
            case KeyChange.Added() -> tagged.add(Any.of("add"));
            case KeyChange.Updated(var value) -> {
                tagged.add(Any.of("update"));
                old = value;
            }
            case KeyChange.Deleted(var value) -> {
                tagged.add(Any.of("delete"));
                old = value;
            }
        }
        if (oldValues) {
            tagged.add(Tagged.value(old));
        }
        return Any.list(tagged);
    }
}
