package org.civicpress.realtime.cli.doc;

import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.YMap;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YUntyped;
import org.civicpress.realtime.crdt.YValue;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlText;
import org.jspecify.annotations.Nullable;

/// Of what kind the roots of a document are that came as updates, which do not say it. What a root holds
/// tells: characters are a text's, elements a fragment's, other values an array's, and entries without
/// any of these a map's. Copies are asked, because a root can be asked for by one kind only. Confined to
/// whoever has the document.
final class RootKinds {
    private final Doc doc;
    private @Nullable Doc asTexts;
    private @Nullable Doc asArrays;
    private @Nullable Doc asMaps;

    RootKinds(Doc doc) {
        this.doc = doc;
    }

    /// A root by its kind, which is known, or told by its name or by what it holds; empty when it holds
    /// nothing.
    Optional<YType> root(String name) {
        YType known = doc.find(name).orElse(null);
        if (known != null && !(known instanceof YUntyped)) {
            return Optional.of(known);
        }
        Optional<YType> named = Dump.root(doc, name);
        if (named.isPresent()) {
            return named;
        }
        asTexts = asTexts == null ? copy() : asTexts;
        if (!asTexts.text(name).toString().isEmpty()) {
            return Optional.of(doc.text(name));
        }
        asArrays = asArrays == null ? copy() : asArrays;
        List<YValue> values = asArrays.array(name).values();
        if (!values.isEmpty()) {
            return Optional.of(values.stream().allMatch(RootKinds::isXml) ? doc.xmlFragment(name) : doc.array(name));
        }
        asMaps = asMaps == null ? copy() : asMaps;
        YMap map = asMaps.map(name);
        return map.keys().isEmpty() ? Optional.empty() : Optional.of(doc.map(name));
    }

    private Doc copy() {
        Doc copy = new Doc();
        copy.apply(doc.state(), null);
        return copy;
    }

    private static boolean isXml(YValue value) {
        return value instanceof YValue.Nested(YType type)
                && (type instanceof YXmlText || type instanceof YXmlElement || type instanceof YXmlFragment);
    }
}
