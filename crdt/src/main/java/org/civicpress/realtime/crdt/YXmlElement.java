package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An XML element: a name, attributes with values of any kind, and children. Confined to its [Doc].
public final class YXmlElement extends YXmlFragment {
    private final String nodeName;
    private @Nullable Map<String, YValue> preliminaryAttributes;

    /// An element that is in no document yet; attributes and children that it is given go in with it.
    public YXmlElement(String nodeName) {
        this.nodeName = nodeName;
    }

    /// As it was given, in capital letters or not.
    public String nodeName() {
        return nodeName;
    }

    /// The next node among the children of the same parent; empty for the last.
    public Optional<YType> nextSibling() {
        return Optional.ofNullable(sibling(true));
    }

    /// The node before it among the children of the same parent; empty for the first.
    public Optional<YType> previousSibling() {
        return Optional.ofNullable(sibling(false));
    }

    // ---- attributes

    /// All that are plain values, in the order in which this replica first saw them.
    public Map<String, Any> attributes() {
        return isIntegrated() ? liveAttributes() : plain(preliminary());
    }

    /// The same when a snapshot was taken. The document has to keep what was deleted.
    public Map<String, Any> attributes(Snapshot snapshot) {
        return isIntegrated() ? plain(entriesAt(snapshot)) : Map.of();
    }

    /// A plain value; empty when there is none, or a type.
    public Optional<Any> attribute(String name) {
        return attributeValue(name).orElse(null) instanceof YValue.Plain(var any) ? Optional.of(any) : Optional.empty();
    }

    /// What the attribute is, of whatever kind.
    public Optional<YValue> attributeValue(String name) {
        return isIntegrated()
                ? entryValue(name)
                : Optional.ofNullable(preliminary().get(name));
    }

    /// Is there such an attribute?
    public boolean hasAttribute(String name) {
        return attributeValue(name).isPresent();
    }

    /// Sets an attribute to a plain value. Editors expect strings; numbers and everything else travel too.
    public void setAttribute(String name, Any value) {
        setAttribute(name, YValue.of(value));
    }

    /// Sets an attribute to a value of any kind.
    ///
    /// @throws IllegalArgumentException as [YMap#set(String, YValue)]
    public void setAttribute(String name, YValue value) {
        if (value instanceof YValue.Nested(var type)) {
            Preliminary.check(this, List.of(type));
        }
        if (isIntegrated()) {
            setEntry(name, value);
        } else {
            preliminary().put(name, value);
        }
    }

    /// Nothing happens when there is no such attribute.
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
        Map<String, YValue> attributes = preliminaryAttributes;
        if (attributes != null) {
            preliminaryAttributes = null;
            attributes.forEach(this::setEntry);
        }
    }

    @Override
    List<YType> preliminaryTypes() {
        List<YType> types = new ArrayList<>(super.preliminaryTypes());
        if (preliminaryAttributes != null) {
            types.addAll(typesIn(preliminaryAttributes.values()));
        }
        return types;
    }

    @Override
    public YXmlElement copy() {
        return (YXmlElement) TypeCopy.of(this);
    }

    private static Map<String, Any> plain(Map<String, YValue> values) {
        Map<String, Any> plain = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (value instanceof YValue.Plain(var any)) {
                plain.put(name, any);
            }
        });
        return plain;
    }

    private Map<String, YValue> preliminary() {
        if (preliminaryAttributes == null) {
            preliminaryAttributes = new LinkedHashMap<>();
        }
        return preliminaryAttributes;
    }
}
