package org.civicpress.realtime.crdt;

/// Text with marks inside an XML tree. Confined to its [Doc].
public final class YXmlText extends YText {
    /// A text that is in no document yet.
    public YXmlText() {}

    /// The same, with its first characters.
    public YXmlText(String text) {
        insert(0, text);
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
