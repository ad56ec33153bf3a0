package org.civicpress.realtime.cli.doc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
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
        Map<String, Any> dump = new LinkedHashMap<>();
        for (String name : new TreeSet<>(doc.rootNames())) {
            root(doc, name).ifPresent(root -> {
                dump.put(name, type(root));
                if (!(root instanceof YArray || root instanceof YMap)) {
                    dump.put(name + "#s", Tagged.of(Any.of(root.toString())));
                }
            });
        }
        return new Any.Obj(dump);
    }

    private static java.util.Optional<YType> root(Doc doc, String name) {
        return java.util.Optional.ofNullable(
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

    private static Any value(YValue value) {
        return switch (value) {
            case YValue.Plain(Any any) -> Tagged.of(any);
            case YValue.Nested(YType type) -> type(type);
            case YValue.SubDoc(Doc doc) -> subDoc(doc);
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
        return switch (type) {
            case YXmlText text ->
                object("type", "k", Any.of("xmltext"), "attrs", Tagged.entries(text.attributes()), "v", delta(text));
            case YText text ->
                object("type", "k", Any.of("text"), "attrs", Tagged.entries(text.attributes()), "v", delta(text));
            case YXmlHook hook ->
                object("type", "k", Any.of("xmlhook"), "name", Any.of(hook.hookName()), "v", entries(hook));
            case YMap map -> object("type", "k", Any.of("map"), "v", entries(map));
            case YXmlElement element ->
                object(
                        "type",
                        "k",
                        Any.of("xmlelement"),
                        "name",
                        Any.of(element.nodeName()),
                        "attrs",
                        Tagged.entries(element.attributes()),
                        "v",
                        children(element));
            case YXmlFragment fragment -> object("type", "k", Any.of("xmlfragment"), "v", children(fragment));
            case YArray array ->
                object(
                        "type",
                        "k",
                        Any.of("array"),
                        "v",
                        Any.list(array.values().stream().map(Dump::value).toList()));
            case YUntyped _ -> throw new IllegalStateException("a root without a kind is not looked at");
        };
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

    private static Any delta(YText text) {
        return delta(text.toDelta());
    }

    static Any delta(List<Delta.Insert> runs) {
        return Any.list(runs.stream().map(Dump::insert).toList());
    }

    private static Any insert(Delta.Insert insert) {
        Map<String, Any> run = new TreeMap<>();
        run.put(
                "insert",
                switch (insert) {
                    case Delta.Text(String text, var _) -> Tagged.of(Any.of(text));
                    case Delta.Embed(Any value, var _) -> Tagged.of(value);
                    case Delta.Type(YType type, var _) -> type(type);
                });
        if (!insert.attributes().isEmpty()) {
            run.put("attributes", Tagged.entries(insert.attributes()));
        }
        return new Any.Obj(run);
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
