package org.civicpress.realtime.crdt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An XML element: a name, attributes with values of any kind, and children. Confined to its [Doc].
public final class YXmlElement extends YXmlFragment {
    private final String nodeName;
    private @Nullable Map<String, Any> preliminaryAttributes;

    /// An element that is in no document yet; attributes and children that it is given go in with it.
    public YXmlElement(String nodeName) {
        this.nodeName = nodeName;
    }

    public String nodeName() {
        return nodeName;
    }

    /// In the order in which this replica first saw them.
    public Map<String, Any> attributes() {
        return isIntegrated() ? liveAttributes() : new LinkedHashMap<>(preliminary());
    }

    public Optional<Any> attribute(String name) {
        if (!isIntegrated()) {
            return Optional.ofNullable(preliminary().get(name));
        }
        return entryValue(name).orElse(null) instanceof YValue.Plain(var any) ? Optional.of(any) : Optional.empty();
    }

    public void setAttribute(String name, Any value) {
        if (isIntegrated()) {
            setEntry(name, YValue.of(value));
        } else {
            preliminary().put(name, value);
        }
    }

    public void removeAttribute(String name) {
        if (isIntegrated()) {
            deleteEntry(name);
        } else {
            preliminary().remove(name);
        }
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.XML_ELEMENT, nodeName);
    }

    /// Children first, then attributes: their clocks tell.
    @Override
    void integratePreliminary() {
        super.integratePreliminary();
        Map<String, Any> attributes = preliminaryAttributes;
        if (attributes != null) {
            preliminaryAttributes = null;
            attributes.forEach(this::setAttribute);
        }
    }

    private Map<String, Any> preliminary() {
        if (preliminaryAttributes == null) {
            preliminaryAttributes = new LinkedHashMap<>();
        }
        return preliminaryAttributes;
    }
}
