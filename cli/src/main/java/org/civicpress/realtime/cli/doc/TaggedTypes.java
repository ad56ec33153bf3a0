package org.civicpress.realtime.cli.doc;

import java.util.List;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YArray;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YText;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlHook;
import org.civicpress.realtime.crdt.YXmlText;

/// Values of tagged JSON that only a document can hold, made to be put into one.
///
/// ```
/// type k=array|map|text|xmltext|xmlelement|xmlfragment|xmlhook  v=children, entries or characters  attrs  name
/// doc  guid  autoLoad  meta  gc
/// ```
final class TaggedTypes {
    private TaggedTypes() {}

    /// @throws IllegalArgumentException when it is not tagged JSON
    static YValue read(Any json) {
        if (json instanceof Any.Obj(var values)) {
            if (Any.of("type").equals(values.get("$"))) {
                return YValue.of(type(Fields.of(json)));
            }
            if (Any.of("doc").equals(values.get("$"))) {
                return subDoc(Fields.of(json));
            }
        }
        return YValue.of(Tagged.read(json));
    }

    static List<YValue> readAll(List<Any> json) {
        return json.stream().map(TaggedTypes::read).toList();
    }

    static List<YType> readTypes(List<Any> json) {
        return readAll(json).stream()
                .map(value -> {
                    if (value instanceof YValue.Nested(YType type)) {
                        return type;
                    }
                    throw new IllegalArgumentException("only types stand in XML, not " + value);
                })
                .toList();
    }

    private static YValue subDoc(Fields told) {
        return YValue.of(new Doc(Doc.Options.DEFAULTS
                .withGuid(told.string("guid"))
                .withGc(!Any.FALSE.equals(told.find("gc").orElse(Any.TRUE)))
                .withAutoLoad(told.isTrue("autoLoad"))
                .withMeta(told.has("meta") ? Tagged.read(told.any("meta")) : Any.NULL)));
    }

    private static YType type(Fields told) {
        return switch (told.string("k")) {
            case "array" -> {
                YArray array = new YArray();
                array.insert(0, readAll(told.listIfAny("v")));
                yield array;
            }
            case "map" -> withEntries(new YMap(), told);
            case "xmlhook" -> withEntries(new YXmlHook(told.string("name")), told);
            case "text" -> withCharacters(new YText(), told);
            case "xmltext" -> withCharacters(new YXmlText(), told);
            case "xmlelement" -> {
                YXmlElement element = new YXmlElement(told.string("name"));
                element.insert(0, readTypes(told.listIfAny("v")));
                for (Any entry : told.listIfAny("attrs")) {
                    element.setAttribute(
                            Tagged.key(entry), Tagged.read(Fields.list(entry).get(1)));
                }
                yield element;
            }
            case "xmlfragment" -> {
                YXmlFragment fragment = new YXmlFragment();
                fragment.insert(0, readTypes(told.listIfAny("v")));
                yield fragment;
            }
            default -> throw new IllegalArgumentException("there is no type \"" + told.string("k") + "\"");
        };
    }

    private static YMap withEntries(YMap map, Fields told) {
        told.listIfAny("v")
                .forEach(entry ->
                        map.set(Tagged.key(entry), read(Fields.list(entry).get(1))));
        return map;
    }

    private static YText withCharacters(YText text, Fields told) {
        text.insert(0, Tagged.readString(told.find("v").orElse(Any.of(""))));
        for (Any entry : told.listIfAny("attrs")) {
            text.setAttribute(Tagged.key(entry), Tagged.read(Fields.list(entry).get(1)));
        }
        return text;
    }
}
