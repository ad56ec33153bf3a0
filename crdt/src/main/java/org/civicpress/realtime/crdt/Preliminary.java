package org.civicpress.realtime.crdt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// What is asked of types before they are put somewhere, so that nothing has happened when it is refused.
/// Static functions.
final class Preliminary {
    /// How deep types that are put into a document at once may be nested. Those that are put in one by one
    /// may be nested to any depth.
    static final int MAX_DEPTH = 160;

    private Preliminary() {}

    /// @throws IllegalArgumentException when one of the types is in a document already, or, as far as `into`
    ///     is in one, when one stands in two places or in itself, or when they are nested deeper than
    ///     [#MAX_DEPTH]
    static void check(YType into, Collection<? extends YType> types) {
        boolean nested = false;
        for (YType type : types) {
            requireFree(type);
            nested = nested || !type.preliminaryTypes().isEmpty();
        }
        if (into.isIntegrated() && (nested || types.size() > 1)) {
            checkDepth(types);
        }
    }

    private static void requireFree(YType type) {
        if (type.isIntegrated()) {
            throw new IllegalArgumentException("this type is in a document already");
        }
    }

    private static void checkDepth(Collection<? extends YType> types) {
        Set<YType> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Collection<? extends YType> level = types;
        for (int depth = 1; !level.isEmpty(); depth++) {
            if (depth > MAX_DEPTH) {
                throw new IllegalArgumentException("types nested deeper than " + MAX_DEPTH);
            }
            List<YType> below = new ArrayList<>();
            for (YType type : level) {
                requireFree(type);
                if (!seen.add(type)) {
                    throw new IllegalArgumentException("a type cannot stand in two places");
                }
                below.addAll(type.preliminaryTypes());
            }
            level = below;
        }
    }
}
