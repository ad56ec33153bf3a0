package org.civicpress.realtime.markdown;

import java.util.ArrayList;
import java.util.List;

/// What becomes of a list of parts: steps in the order of the result, in which each of the parts is named once, in
/// its order. Immutable.
sealed interface Step {
    /// It stays as it is.
    record Keep(int place) implements Step {}

    record Delete(int place) implements Step {}

    /// A new one.
    record Put(Part part) implements Step {}

    /// A block of text becomes another of its kind.
    record Reword(int place, Block block) implements Step {}

    /// It stays, and something becomes of the parts in it.
    record Inside(int place, List<Step> steps) implements Step {}

    /// The list after the steps.
    static List<Part> result(List<? extends Part> parts, List<Step> steps) {
        List<Part> result = new ArrayList<>();
        for (Step step : steps) {
            switch (step) {
                case Keep(int place) -> result.add(parts.get(place));
                case Delete deleted -> {}
                case Put(Part part) -> result.add(part);
                case Reword(int place, Block block) -> result.add(block);
                case Inside(int place, var inner) -> {
                    Part part = parts.get(place);
                    result.add(part.with(result(part.parts(), inner)));
                }
            }
        }
        return result;
    }

    static boolean change(List<Step> steps) {
        return !steps.stream().allMatch(Keep.class::isInstance);
    }
}
