package org.civicpress.realtime.markdown;

import static org.civicpress.realtime.markdown.CommonParts.NONE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.civicpress.realtime.crdt.Any;
import org.civicpress.realtime.crdt.Delta;
import org.civicpress.realtime.crdt.YType;
import org.civicpress.realtime.crdt.YXmlElement;
import org.civicpress.realtime.crdt.YXmlFragment;
import org.civicpress.realtime.crdt.YXmlText;
import org.civicpress.realtime.markdown.CivicDocument.Place;

/// Does to a live document what [Step]s say. It goes from the end to the beginning, so that the positions of what is
/// still to be done stay what they were.
final class MergeEdits {
    private MergeEdits() {}

    /// @param holdsBlocks false when each child is one part: items, rows, cells
    /// @param parts what the steps are about, as it was read from the fragment
    static void run(YXmlFragment fragment, boolean holdsBlocks, List<? extends Part> parts, List<Step> steps) {
        List<Place> places = holdsBlocks ? CivicDocument.places(fragment) : children(fragment);
        if (places.size() != parts.size()) {
            throw new IllegalStateException("read " + parts.size() + " parts, found " + places.size());
        }
        int at = fragment.length();
        for (Step step : steps.reversed()) {
            switch (step) {
                case Step.Keep(int part) -> at = places.get(part).from();
                case Step.Delete(int part) -> {
                    delete(fragment, places.get(part));
                    at = places.get(part).from();
                }
                case Step.Put(Part part) -> fragment.insert(at, List.of(CivicSeed.element(part)));
                case Step.Reword(int part, Block block) -> {
                    at = places.get(part).from();
                    if (!reword(fragment.get(at), block)) {
                        delete(fragment, places.get(part));
                        fragment.insert(at, List.of(CivicSeed.element(block)));
                    }
                }
                case Step.Inside(int index, var inner) -> {
                    at = places.get(index).from();
                    Part part = parts.get(index);
                    run((YXmlElement) fragment.get(at).orElseThrow(), holdsBlocks(part), part.parts(), inner);
                }
            }
        }
    }

    private static boolean holdsBlocks(Part part) {
        return switch (part) {
            case Block.BulletList list -> false;
            case Block.OrderedList list -> false;
            case Block.Table table -> false;
            case Block.Row row -> false;
            default -> true;
        };
    }

    private static List<Place> children(YXmlFragment fragment) {
        List<Place> places = new ArrayList<>();
        for (int position = 0; position < fragment.length(); position++) {
            if (fragment.get(position).isPresent()) {
                places.add(new Place(position, position + 1));
            }
        }
        return places;
    }

    private static void delete(YXmlFragment fragment, Place place) {
        fragment.delete(place.from(), place.end() - place.from());
    }

    /// Changes the words of a block and nothing else.
    ///
    /// @return false when that cannot be done, and nothing was: the block has to be replaced
    private static boolean reword(Optional<YType> node, Block to) {
        if (!(node.orElse(null) instanceof YXmlElement element)) {
            return false;
        }
        return switch (to) {
            case Block.Paragraph(var content) -> element.nodeName().equals("paragraph") && reword(element, content);
            case Block.Heading(int level, var content) -> {
                boolean done = element.nodeName().equals("heading") && reword(element, content);
                if (done) {
                    set(element, "level", Any.of((double) level));
                }
                yield done;
            }
            case Block.CodeBlock(String params, String text) -> {
                List<Inline> content = text.isEmpty() ? List.of() : List.of(new Inline.Text(text));
                boolean done = element.nodeName().equals("code_block") && reword(element, content);
                if (done) {
                    set(element, "params", Any.of(params));
                }
                yield done;
            }
            default -> throw new IllegalStateException("no block of text: " + to);
        };
    }

    private static void set(YXmlElement element, String attribute, Any value) {
        if (!element.attribute(attribute).equals(Optional.of(value))) {
            element.setAttribute(attribute, value);
        }
    }

    /// The text between two inline elements, or before the first or behind the last.
    ///
    /// @param position of the text, or where one can be put
    /// @param text empty when there is none
    private record Stretch(int position, Optional<YXmlText> text) {}

    /// Only when both have the same inline elements: a text cannot be divided without being replaced.
    private static boolean reword(YXmlElement element, List<Inline> to) {
        List<Stretch> stretches = new ArrayList<>();
        List<Inline> elements = new ArrayList<>();
        stretches.add(new Stretch(0, Optional.empty()));
        for (int position = 0; position < element.length(); position++) {
            switch (element.get(position).orElse(null)) {
                case YXmlText text -> {
                    if (stretches.getLast().text().isPresent() || !isPlain(text)) {
                        return false;
                    }
                    stretches.set(stretches.size() - 1, new Stretch(position, Optional.of(text)));
                }
                case YXmlElement inline -> {
                    elements.add(Norm.inline(CivicDocument.inline(inline, 1)));
                    stretches.add(new Stretch(position + 1, Optional.empty()));
                }
                case null, default -> {
                    return false;
                }
            }
        }

        List<List<Inline.Text>> wanted = new ArrayList<>();
        List<Inline> wantedElements = new ArrayList<>();
        wanted.add(new ArrayList<>());
        for (Inline inline : to) {
            if (inline instanceof Inline.Text run) {
                wanted.getLast().add(run);
            } else {
                wantedElements.add(inline);
                wanted.add(new ArrayList<>());
            }
        }
        if (!elements.equals(wantedElements)) {
            return false;
        }
        for (int i = stretches.size() - 1; i >= 0; i--) {
            reword(element, stretches.get(i), wanted.get(i));
        }
        return true;
    }

    private static boolean isPlain(YXmlText text) {
        return text.toDelta().stream().allMatch(Delta.Text.class::isInstance);
    }

    private static void reword(YXmlElement element, Stretch stretch, List<Inline.Text> to) {
        if (stretch.text().isEmpty()) {
            element.insert(stretch.position(), CivicSeed.inlines(List.copyOf(to)));
            return;
        }
        YXmlText text = stretch.text().get();
        List<Delta.Op> change = change(texts(CivicDocument.runs(text)), to);
        if (!change.isEmpty()) {
            text.applyDelta(change);
        }
    }

    /// From one text to the other, word by word; empty when they are the same.
    private static List<Delta.Op> change(List<Inline.Text> from, List<Inline.Text> to) {
        List<Inline.Text> words = words(from);
        List<Inline.Text> wanted = words(to);
        int[] mates = CommonParts.of(words, wanted);
        List<Delta.Op> change = new ArrayList<>();
        int kept = 0;
        int next = 0;
        boolean changed = false;
        for (int i = 0; i <= words.size(); i++) {
            int mate = i == words.size() ? wanted.size() : mates[i];
            if (mate == NONE) {
                kept = retain(change, kept);
                change.add(new Delta.Delete(words.get(i).text().length()));
                changed = true;
                continue;
            }
            for (; next < mate; next++) {
                kept = retain(change, kept);
                Inline.Text word = wanted.get(next);
                change.add(new Delta.Text(word.text(), formats(word)));
                changed = true;
            }
            if (i < words.size()) {
                kept += words.get(i).text().length();
                next = mate + 1;
            }
        }
        return changed ? change : List.of();
    }

    private static List<Inline.Text> texts(List<Inline> runs) {
        return runs.stream().map(Inline.Text.class::cast).toList();
    }

    private static int retain(List<Delta.Op> change, int kept) {
        if (kept > 0) {
            change.add(new Delta.Retain(kept));
        }
        return 0;
    }

    private static Map<String, Any> formats(Inline.Text text) {
        return CivicSeed.formats(text.marks());
    }

    private static List<Inline.Text> words(List<Inline.Text> runs) {
        List<Inline.Text> words = new ArrayList<>();
        for (Inline.Text run : runs) {
            Words.of(run.text()).forEach(word -> words.add(new Inline.Text(word, run.marks())));
        }
        return words;
    }
}
