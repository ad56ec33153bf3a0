package org.civicpress.realtime.crdt;

import java.util.Optional;

/// A place in an XML tree that some program fills; a map with a name. Confined to its [Doc].
public final class YXmlHook extends YMap {
    private final String hookName;

    /// A hook that is in no document yet.
    public YXmlHook(String hookName) {
        this.hookName = hookName;
    }

    /// Which program is to fill it.
    public String hookName() {
        return hookName;
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
    public YXmlHook copy() {
        return (YXmlHook) TypeCopy.of(this);
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.XML_HOOK, hookName);
    }
}
