package org.civicpress.realtime.cli.doc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.ListOp;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YArrayEvent;
import org.civicpress.realtime.crdt.YEvent;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YMapEvent;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YTextEvent;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlEvent;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlHook;
import org.civicpress.realtime.crdt.YXmlText;

/// The whole content of a document in tagged JSON: each root under its name, and its `toString()` under its name
/// with `#s`. What kind of type a root is, an update does not say: the beginning of its name does.
///
/// ```
/// text… Text    arr… Array    map… Map    xml… XmlFragment    xel… XmlElement
/// ```
final class Dump {
    private Dump() {}

    static Any of(Doc doc) {
        return dump(doc, name -> root(doc, name));
    }

    /// Also of roots whose names do not say their kind: then it is told by what is in them.
    static Any whole(Doc doc) {
        RootKinds kinds = new RootKinds(doc);
        return dump(doc, kinds::root);
    }

    private static Any dump(Doc doc, Function<String, Optional<YType>> roots) {
        Map<String, Any> dump = new LinkedHashMap<>();
        for (String name : new TreeSet<>(doc.rootNames())) {
            roots.apply(name).ifPresent(root -> {
                dump.put(name, type(root));
                if (!(root instanceof YArray || root instanceof YMap)) {
                    dump.put(name + "#s", Tagged.of(Any.of(root.toString())));
                }
            });
        }
        return new Any.Obj(dump);
    }

    /// A root of the kind that its name says; empty when it does not say one.
    static Optional<YType> root(Doc doc, String name) {
        return Optional.ofNullable(
                name.startsWith("text")
                        ? doc.text(name)
                        : name.startsWith("arr")
                                ? doc.array(name)
                                : name.startsWith("map")
                                        ? doc.map(name)
                                        : name.startsWith("xml")
                                                ? doc.xmlFragment(name)
                                                : name.startsWith("xel") ? doc.xmlElement(name) : null);
    }

    static Any value(YValue value) {
        return switch (value) {
            case YValue.Plain(Any any) -> Tagged.of(any);
            case YValue.Nested(YType type) -> type(type);
            case YValue.SubDoc(Doc doc) -> subDoc(doc);
        };
    }

    /// Of a type only what kind it is.
    static Any shallow(YValue value) {
        return value instanceof YValue.Nested(YType type) ? object("type", "k", Any.of(kind(type))) : value(value);
    }

    static String kind(YType type) {
        return switch (type) {
            case YXmlText _ -> "xmltext";
            case YText _ -> "text";
            case YXmlHook _ -> "xmlhook";
            case YMap _ -> "map";
            case YXmlElement _ -> "xmlelement";
            case YXmlFragment _ -> "xmlfragment";
            case YArray _ -> "array";
            case YUntyped _ -> throw new IllegalStateException("a root without a kind is not looked at");
        };
    }

    private static Any subDoc(Doc doc) {
        Map<String, Any> tagged = new LinkedHashMap<>();
        tagged.put("$", Any.of("doc"));
        tagged.put("guid", Any.of(doc.guid()));
        tagged.put("autoLoad", Any.of(doc.autoLoad()));
        tagged.put("meta", Tagged.of(doc.meta()));
        if (!doc.collectsGarbage()) {
            tagged.put("gc", Any.FALSE);
        }
        return new Any.Obj(tagged);
    }

    private static Any type(YType type) {
        Any kind = Any.of(kind(type));
        return switch (type) {
            case YText text ->
                object("type", "k", kind, "attrs", Tagged.entries(text.attributes()), "v", runs(text.toDelta()));
            case YXmlHook hook -> object("type", "k", kind, "name", Any.of(hook.hookName()), "v", entries(hook));
            case YMap map -> object("type", "k", kind, "v", entries(map));
            case YXmlElement element ->
                object(
                        "type",
                        "k",
                        kind,
                        "name",
                        Any.of(element.nodeName()),
                        "attrs",
                        Tagged.entries(element.attributes()),
                        "v",
                        children(element));
            case YXmlFragment fragment -> object("type", "k", kind, "v", children(fragment));
            case YArray array -> object("type", "k", kind, "v", values(array.values()));
            case YUntyped _ -> throw new IllegalStateException("a root without a kind is not looked at");
        };
    }

    private static Any values(List<YValue> values) {
        return Any.list(values.stream().map(Dump::value).toList());
    }

    private static Any children(YXmlFragment fragment) {
        return Any.list(fragment.children().stream().map(Dump::type).toList());
    }

    private static Any entries(YMap map) {
        List<Any> entries = new ArrayList<>();
        for (String key : new TreeSet<>(map.keys())) {
            map.value(key).ifPresent(value -> entries.add(Any.list(Any.of(key), value(value))));
        }
        return Any.list(entries);
    }

    // ---- deltas

    static Any runs(List<? extends Delta.Op> delta) {
        return Any.list(delta.stream().map(Dump::op).toList());
    }

    private static Any op(Delta.Op op) {
        Map<String, Any> tagged = new LinkedHashMap<>();
        switch (op) {
            case Delta.Text(String text, var _) -> tagged.put("insert", Tagged.of(Any.of(text)));
            case Delta.Embed(Any value, var _) -> tagged.put("insert", Tagged.of(value));
            case Delta.Type(YType type, var _) -> tagged.put("insert", type(type));
            case Delta.Retain(int units, var _) -> tagged.put("retain", Any.of(units));
            case Delta.Delete(int units) -> tagged.put("delete", Any.of(units));
        }
        if (!op.attributes().isEmpty()) {
            tagged.put("attributes", Tagged.entries(op.attributes()));
        }
        return new Any.Obj(tagged);
    }

    /// What an event says happened to a list or a text.
    static Any delta(YEvent event) {
        return switch (event) {
            case YTextEvent text -> runs(text.delta());
            case YArrayEvent array -> steps(array.delta());
            case YXmlEvent xml -> steps(xml.delta());
            case YMapEvent _ -> Any.list();
        };
    }

    private static Any steps(List<ListOp> delta) {
        return Any.list(delta.stream()
                .map(op -> switch (op) {
                    case ListOp.Retain(int units) -> new Any.Obj(Map.of("retain", Any.of(units)));
                    case ListOp.Delete(int units) -> new Any.Obj(Map.of("delete", Any.of(units)));
                    case ListOp.Insert(List<YValue> values) -> new Any.Obj(Map.of("insert", values(values)));
                })
                .toList());
    }

    private static Any object(String tag, Object... keysAndValues) {
        Map<String, Any> object = new LinkedHashMap<>();
        object.put("$", Any.of(tag));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], (Any) keysAndValues[i + 1]);
        }
        return new Any.Obj(object);
    }
}
