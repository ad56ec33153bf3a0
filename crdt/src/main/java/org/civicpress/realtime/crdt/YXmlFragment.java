package org.civicpress.realtime.crdt;

import static org.civicpress.realtime.crdt.StructStore.NONE;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A list of XML nodes: elements, texts, hooks. Confined to its [Doc].
public sealed class YXmlFragment extends YType permits YXmlElement {
    private @Nullable List<YType> preliminaryChildren;

    /// A fragment that is in no document yet.
    public YXmlFragment() {}

    /// The nodes that are there now. Whatever else a client may have put into the list is left out.
    public final List<YType> children() {
        if (!isIntegrated()) {
            return List.copyOf(preliminary());
        }
        StructStore store = store();
        List<YType> children = new ArrayList<>();
        for (int item = first; item != NONE; item = store.right(item)) {
            if (!store.isDeleted(item) && store.content(item) instanceof YType type) {
                children.add(type);
            }
        }
        return children;
    }

    /// @throws IndexOutOfBoundsException when `position` is beyond the end
    public final void insert(int position, List<? extends YType> children) {
        if (!isIntegrated()) {
            preliminary().addAll(position, children);
            return;
        }
        doc().edit(transaction -> {
            int left = itemBefore(transaction, position);
            int right = rightOf(left);
            for (YType child : children) {
                left = insert(transaction, NONE, left, right, Content.TYPE, child, 1);
            }
        });
    }

    public final void append(YType child) {
        insert(length(), List.of(child));
    }

    /// @throws IndexOutOfBoundsException when there are fewer than `count` nodes from `position` on
    public final void delete(int position, int count) {
        if (isIntegrated()) {
            doc().edit(transaction -> deleteUnits(transaction, position, count));
        } else {
            preliminary().subList(position, position + count).clear();
        }
    }

    @Override
    public final int length() {
        return isIntegrated() ? length : preliminary().size();
    }

    /// Calls a handler after every transaction that changed this type, not those inside it. See [#observeDeep]
    /// for when that is.
    public final Subscription observe(Consumer<? super YXmlEvent> handler) {
        return observeDirectly(event -> handler.accept((YXmlEvent) event));
    }

    /// The tree as text, nothing escaped.
    @Override
    public final String toString() {
        return XmlString.of(this);
    }

    @Override
    Content.TypeRef typeRef() {
        return new Content.TypeRef(Content.TypeRef.XML_FRAGMENT, null);
    }

    @Override
    void integratePreliminary() {
        List<YType> children = preliminaryChildren;
        if (children != null && !children.isEmpty()) {
            preliminaryChildren = null;
            insert(0, children);
        }
    }

    private List<YType> preliminary() {
        if (preliminaryChildren == null) {
            preliminaryChildren = new ArrayList<>();
        }
        return preliminaryChildren;
    }
}
