package org.civicpress.realtime.crdt;

import java.util.Optional;

/// Text with marks inside an XML tree. Confined to its [Doc].
public final class YXmlText extends YText {
    /// A text that is in no document yet.
    public YXmlText() {}

    /// The same, with its first characters.
    public YXmlText(String text) {
        insert(0, text);
    }

    /// The next node among the children of the same parent; empty for the last.
    public Optional<YType> nextSibling() {
        return Optional.ofNullable(sibling(true));
    }

    /// The node before it among the children of the same parent; empty for the first.
    public Optional<YType> previousSibling() {
        return Optional.ofNullable(sibling(false));
    }

    @Override
    public YXmlText copy() {
        return (YXmlText) TypeCopy.of(this);
    }

    /// The characters with their marks as tags around them.
    @Override
    public String toString() {
        return XmlString.of(this);
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.XML_TEXT, null);
    }
}
