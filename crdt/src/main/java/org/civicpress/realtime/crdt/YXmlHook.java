package org.civicpress.realtime.crdt;

/// A place in an XML tree that some program fills; a map with a name. Confined to its [Doc].
public final class YXmlHook extends YMap {
    private final String hookName;

    /// A hook that is in no document yet.
    public YXmlHook(String hookName) {
        this.hookName = hookName;
    }

    public String hookName() {
        return hookName;
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.XML_HOOK, hookName);
    }
}
