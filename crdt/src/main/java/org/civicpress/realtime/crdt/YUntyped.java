package org.civicpress.realtime.crdt;

import java.util.List;

/// A root that an update named and nobody asked for yet; what kind of type it is, an update does not say.
/// Confined to its [Doc].
public final class YUntyped extends YType {
    YUntyped() {}

    @Override
    Content.TypeRef typeRef() {
        throw new IllegalStateException("a root is not named by its kind");
    }

    @Override
    void integratePreliminary() {
        // Roots of unknown kind only ever come from updates.
    }

    @Override
    List<YType> preliminaryTypes() {
        return List.of();
    }

    /// Cannot be done before somebody asks the document for the root by its kind.
    @Override
    public YUntyped copy() {
        throw new IllegalStateException("nobody has said of what kind this root is");
    }
}
