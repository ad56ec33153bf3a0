package org.civicpress.realtime.markdown;

import static org.civicpress.realtime.markdown.CommonParts.NONE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.civicpress.realtime.crdt.Doc;

/// Brings what somebody changed in one version of a document into another one, block by block.
///
/// What was changed is the difference between `base` and `theirs`; it is done to `ours`, and nothing else is. A
/// block that they added comes after the one it followed, behind what was added there meanwhile. A block that they
/// deleted or changed is deleted or changed when ours still has it as it was in the base. Otherwise nothing is lost,
/// and a [Conflict] says so:
///
/// | theirs  | ours    | then |
/// |---------|---------|------|
/// | changed | changed | both are kept, theirs after ours |
/// | changed | deleted | theirs is kept |
/// | deleted | changed | ours is kept |
///
/// Quotes, lists, items and tables are not blocks in this sense but places for them: changes in two items of one
/// list do not meet, and when one side deleted the list and the other items of it, the list is gone.
/// What both did in the same way is done once. What [Norm] does not tell apart is the same.
///
/// Without a base, what was changed is the difference between ours and theirs: the result is theirs.
///
/// Immutable; [#apply] belongs to whom the document belongs.
public final class ThreeWayMerge {
    private final Optional<Tree> base;
    private final Tree theirs;

    private ThreeWayMerge(Optional<Tree> base, Tree theirs) {
        this.base = base;
        this.theirs = theirs;
    }

    /// @param base what theirs was made from; empty when that is not known
    public static ThreeWayMerge of(Optional<Tree> base, Tree theirs) {
        return new ThreeWayMerge(base.map(Norm::of), Norm.of(theirs));
    }

    /// What [#apply] would make of a document that reads like this.
    public Merged preview(Tree ours) {
        Merging merging = new Merging();
        return merged(ours, merging.document(base.orElseGet(() -> Norm.of(ours)), theirs, ours), merging);
    }

    /// Edits the document, in one transaction, or in the one that runs. Blocks without a change stay the same
    /// items of the document, and in text that is changed only the words are, so that cursors and edits that are
    /// on their way keep their place. When nothing has to be changed, there is no edit.
    public Merged apply(Doc ours) {
        Tree before = CivicDocument.read(ours);
        Merging merging = new Merging();
        List<Step> steps = merging.document(base.orElseGet(() -> Norm.of(before)), theirs, before);
        if (Step.change(steps)) {
            ours.transact(() -> MergeEdits.run(ours.xmlFragment(CivicDocument.FRAGMENT), true, before.blocks(), steps));
        }
        return merged(before, steps, merging);
    }

    private static Merged merged(Tree ours, List<Step> steps, Merging merging) {
        Tree tree = new Tree(Part.all(Block.class, Step.result(ours.blocks(), steps)));
        return new Merged(tree, Step.change(steps), merging.conflicts);
    }

    /// What came of it. Immutable.
    ///
    /// @param tree the document afterwards, or one that [Norm] does not tell from it
    /// @param changed whether anything had to be changed
    /// @param conflicts in the order of theirs
    public record Merged(Tree tree, boolean changed, List<Conflict> conflicts) {
        public Merged {
            conflicts = List.copyOf(conflicts);
        }
    }

    /// A part that both sides did something to.
    ///
    /// @param excerpt the beginning of its text, of one line
    public record Conflict(Kind kind, String excerpt) {
        public enum Kind {
            BOTH_CHANGED("was changed on both sides; both are kept"),
            CHANGED_AFTER_DELETION("was changed after it had been deleted here; it is put in again"),
            DELETED_AFTER_CHANGE("was deleted after it had been changed here; it is kept");

            private final String what;

            Kind(String what) {
                this.what = what;
            }
        }

        /// For a person.
        public String sentence() {
            return (excerpt.isEmpty() ? "A part without text" : "“" + excerpt + "”") + " " + kind.what + ".";
        }
    }

    /// Confined to one merge.
    private static final class Merging {
        private static final int EXCERPT_LENGTH = 60;

        private final List<Conflict> conflicts = new ArrayList<>();

        /// Empty paragraphs at the end of a document are no content: what is added goes before them.
        List<Step> document(Tree base, Tree theirs, Tree ours) {
            List<Block> keys = normal(ours.blocks());
            int end = keys.size();
            while (end > 1 && keys.get(end - 1).equals(Norm.EMPTY)) {
                end--;
            }
            List<Step> steps = merge(base.blocks(), theirs.blocks(), ours.blocks(), keys.subList(0, end), false);
            for (int place = end; place < keys.size(); place++) {
                steps.add(new Step.Keep(place));
            }
            if (Step.result(ours.blocks(), steps).isEmpty()) {
                steps.add(new Step.Put(Norm.EMPTY));
            }
            return steps;
        }

        private static List<Block> normal(List<? extends Part> blocks) {
            return Part.all(Block.class, blocks).stream()
                    .map(block -> Norm.block(block).orElse(block))
                    .toList();
        }

        /// @param keys ours in the form in which equals are found
        /// @param byPlace the parts have their meaning from their place, and there is one number of them
        private List<Step> merge(
                List<? extends Part> base,
                List<? extends Part> theirs,
                List<? extends Part> ours,
                List<? extends Part> keys,
                boolean byPlace) {
            Alignment toTheirs = aligned(base, theirs, byPlace);
            Alignment toOurs = aligned(base, keys, byPlace);
            Outcome outcome = new Outcome(base, keys, toOurs);
            for (int i = 0; i < theirs.size(); i++) {
                Part their = theirs.get(i);
                int origin = toTheirs.earlier(i);
                int place = origin == NONE ? NONE : toOurs.later(origin);
                boolean changed = origin == NONE || !their.equals(base.get(origin));
                if (place != NONE) {
                    outcome.goOnTo(place);
                }
                if (!changed) {
                    continue;
                }
                if (place == NONE) {
                    if (origin != NONE && hasNothingNew(base.get(origin), their)) {
                        continue;
                    }
                    boolean isNew = outcome.add(their);
                    if (isNew && origin != NONE) {
                        conflict(Conflict.Kind.CHANGED_AFTER_DELETION, their);
                    }
                } else if (keys.get(place).equals(base.get(origin))) {
                    outcome.become(place, become(place, base.get(origin), their, ours.get(place), keys.get(place)));
                } else if (!isSame(keys.get(place), their)) {
                    if (canMergeInside(base.get(origin), their, ours.get(place), keys.get(place))) {
                        outcome.become(place, inside(place, base.get(origin), their, ours.get(place), keys.get(place)));
                    } else if (outcome.addBehind(place, their)) {
                        conflict(Conflict.Kind.BOTH_CHANGED, their);
                    }
                }
            }
            for (int origin = 0; origin < base.size(); origin++) {
                int place = toOurs.later(origin);
                if (toTheirs.later(origin) == NONE && place != NONE) {
                    if (hasNothingNew(base.get(origin), keys.get(place))) {
                        outcome.become(place, List.of(new Step.Delete(place)));
                    } else {
                        conflict(Conflict.Kind.DELETED_AFTER_CHANGE, keys.get(place));
                    }
                }
            }
            return outcome.steps();
        }

        /// Ours, which is as in the base, becomes theirs.
        private List<Step> become(int place, Part base, Part theirs, Part ours, Part key) {
            return switch (theirs) {
                case Block.Paragraph paragraph -> List.of(new Step.Reword(place, paragraph));
                case Block.Heading heading -> List.of(new Step.Reword(place, heading));
                case Block.CodeBlock code -> List.of(new Step.Reword(place, code));
                case Part part
                when canMergeInside(base, part, ours, key) && keysIn(ours, key).equals(base.parts()) ->
                    inside(place, base, part, ours, key);
                case Part part -> List.of(new Step.Delete(place), new Step.Put(part));
            };
        }

        private List<Step> inside(int place, Part base, Part theirs, Part ours, Part key) {
            List<Step> steps =
                    merge(base.parts(), theirs.parts(), ours.parts(), keysIn(ours, key), ours instanceof Block.Row);
            if (!Step.change(steps)) {
                return List.of(new Step.Keep(place));
            }
            List<Part> result = Step.result(ours.parts(), steps);
            boolean wantsParagraph = switch (ours) {
                case Block.Item item -> result.isEmpty() || !(result.getFirst() instanceof Block.Paragraph);
                case Block.Cell cell -> result.isEmpty();
                default -> false;
            };
            if (wantsParagraph) {
                steps.addFirst(new Step.Put(Norm.EMPTY));
            } else if (result.isEmpty()) {
                return List.of(new Step.Delete(place)); // a list of no items is no list
            }
            return List.of(new Step.Inside(place, List.copyOf(steps)));
        }

        /// The parts in a part, one for one, in the form in which equals are found.
        private static List<? extends Part> keysIn(Part ours, Part key) {
            return switch (ours) {
                case Block.Blockquote quote -> normal(quote.content());
                case Block.Item item -> normal(item.content());
                case Block.Cell cell -> normal(cell.content());
                default -> key.parts();
            };
        }

        /// Whether three versions of one part differ in nothing but the parts in them.
        private static boolean canMergeInside(Part base, Part theirs, Part ours, Part key) {
            return switch (key) {
                case Block.Blockquote quote -> true;
                case Block.Item item -> true;
                case Block.BulletList list -> haveAsMany(ours, key);
                case Block.OrderedList(int order, var items) ->
                    haveAsMany(ours, key)
                            && base instanceof Block.OrderedList(int first, var some)
                            && theirs instanceof Block.OrderedList(int second, var others)
                            && order == first
                            && order == second;
                case Block.Table table -> haveAsMany(ours, key) && haveOneWidth(base, theirs, key);
                case Block.Row row ->
                    haveAsMany(ours, key)
                            && cellForms(row).equals(cellForms(base))
                            && cellForms(row).equals(cellForms(theirs));
                case Block.Cell cell -> true; // its row has seen to that
                case Block.Paragraph paragraph -> false;
                case Block.Heading heading -> false;
                case Block.CodeBlock code -> false;
                case Block.HorizontalRule rule -> false;
                case Block.Unknown unknown -> false;
            };
        }

        /// Whether a part is as it was, or parts in it are gone and the others are as they were. Who deleted the
        /// part as it was has deleted all that is left of it.
        private static boolean hasNothingNew(Part base, Part later) {
            if (later.equals(base)) {
                return true;
            }
            if (!canMergeInside(base, later, later, later)) {
                return false;
            }
            Alignment alignment = aligned(base.parts(), later.parts(), later instanceof Block.Row);
            for (int i = 0; i < later.parts().size(); i++) {
                Part part = later.parts().get(i);
                int origin = alignment.earlier(i);
                boolean standsForNone = i == 0 && later instanceof Block.Item && part.equals(Norm.EMPTY);
                if (!standsForNone
                        && (origin == NONE || !hasNothingNew(base.parts().get(origin), part))) {
                    return false;
                }
            }
            return true;
        }

        private static Alignment aligned(List<? extends Part> earlier, List<? extends Part> later, boolean byPlace) {
            return byPlace ? Alignment.byPlace(earlier.size()) : Alignment.of(earlier, later);
        }

        private static boolean haveAsMany(Part one, Part other) {
            return one.parts().size() == other.parts().size();
        }

        private static boolean haveOneWidth(Part... tables) {
            int width = tables[0].parts().getFirst().parts().size();
            for (Part table : tables) {
                if (!table.parts().stream().allMatch(row -> row.parts().size() == width)) {
                    return false;
                }
            }
            return true;
        }

        /// The cells without what is in them.
        private static List<Part> cellForms(Part row) {
            return row.parts().stream().map(cell -> cell.with(List.of())).toList();
        }

        private void conflict(Conflict.Kind kind, Part part) {
            String text = Words.textOf(part).strip();
            String excerpt = text.codePointCount(0, text.length()) <= EXCERPT_LENGTH
                    ? text
                    : text.substring(0, text.offsetByCodePoints(0, EXCERPT_LENGTH)) + "…";
            conflicts.add(new Conflict(kind, excerpt));
        }
    }

    /// Whether parts are equal, where a row is header by its place, not by itself.
    private static boolean isSame(Part one, Part other) {
        return one.equals(other)
                || one instanceof Block.Row(var cells)
                        && other instanceof Block.Row(var others)
                        && withoutHeader(cells).equals(withoutHeader(others));
    }

    private static List<Block.Cell> withoutHeader(List<Block.Cell> cells) {
        return cells.stream()
                .map(cell -> new Block.Cell(false, cell.colspan(), cell.rowspan(), cell.align(), cell.content()))
                .toList();
    }

    /// What becomes of one list of ours, gathered while theirs is walked through. Confined to its [Merging].
    private static final class Outcome {
        private final List<? extends Part> base;
        private final List<? extends Part> keys;
        private final Alignment fromBase;
        private final List<List<Step>> own = new ArrayList<>();

        /// What is added before each of ours, and at the end.
        private final List<List<Step>> added = new ArrayList<>();

        private final boolean[] claimed;

        /// As many of ours are before what comes next.
        private int passed;

        Outcome(List<? extends Part> base, List<? extends Part> keys, Alignment fromBase) {
            this.base = base;
            this.keys = keys;
            this.fromBase = fromBase;
            this.claimed = new boolean[keys.size()];
            for (int place = 0; place < keys.size(); place++) {
                own.add(List.of(new Step.Keep(place)));
                added.add(new ArrayList<>());
            }
            added.add(new ArrayList<>());
        }

        void goOnTo(int place) {
            passed = Math.max(passed, place + 1);
        }

        void become(int place, List<Step> steps) {
            own.set(place, steps);
        }

        /// Adds a part behind what was added here meanwhile.
        ///
        /// @return false when the same was added, here or, when it has words, elsewhere; theirs is that
        boolean add(Part part) {
            return add(part, endOfGap(passed));
        }

        /// Likewise, at once behind one of ours.
        boolean addBehind(int place, Part part) {
            return add(part, place + 1);
        }

        private boolean add(Part part, int where) {
            int place = added(part, passed, endOfGap(passed));
            if (place == NONE && !Words.in(part).isEmpty()) {
                place = added(part, 0, keys.size());
            }
            if (place != NONE) {
                claimed[place] = true;
                return false;
            }
            added.get(where).add(new Step.Put(part));
            return true;
        }

        /// The place of a part that was added and is the same; what has no words is the same only where it stands.
        private int added(Part part, int from, int end) {
            for (int place = from; place < end; place++) {
                if (!claimed[place] && isNew(place) && isSame(keys.get(place), part)) {
                    return place;
                }
            }
            return NONE;
        }

        /// A block of text that is not as in the base is left as it is, whatever it may have come from.
        private boolean isNew(int place) {
            int origin = fromBase.earlier(place);
            Part key = keys.get(place);
            return origin == NONE || key.parts().isEmpty() && !key.equals(base.get(origin));
        }

        /// Where the next part stands that came from the base.
        private int endOfGap(int from) {
            int place = from;
            while (place < keys.size() && fromBase.earlier(place) == NONE) {
                place++;
            }
            return place;
        }

        List<Step> steps() {
            List<Step> steps = new ArrayList<>();
            for (int place = 0; place < keys.size(); place++) {
                steps.addAll(added.get(place));
                steps.addAll(own.get(place));
            }
            steps.addAll(added.getLast());
            return steps;
        }
    }
}
