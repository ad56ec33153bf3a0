package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;

/// What a document gained during a tick, in order, and from whom. Confined to its [Room].
final class TickEdits {
    private final List<Edit> edits = new ArrayList<>();

    private record Edit(Member author, Bytes update) {}

    void add(Member author, Bytes update) {
        edits.add(new Edit(author, update));
    }

    boolean isEmpty() {
        return edits.isEmpty();
    }

    /// Takes what was gathered, as frames to be passed on.
    Frames take() {
        Frames frames = new Frames(List.copyOf(edits));
        edits.clear();
        return frames;
    }

    /// The frames of one tick. Who wrote nothing gets one frame with all of it; an author gets the edits of
    /// the others, each in its own frame. Every frame is made at most once, and only when somebody needs it.
    static final class Frames {
        private final List<Edit> edits;
        private final Set<Member> authors = new HashSet<>();
        private final List<Bytes> all = new ArrayList<>(1);
        private final List<Bytes> each = new ArrayList<>();

        private Frames(List<Edit> edits) {
            this.edits = edits;
            edits.forEach(edit -> authors.add(edit.author));
        }

        List<Bytes> framesFor(Member member) {
            if (!authors.contains(member)) {
                return all();
            }
            if (authors.size() == 1) {
                return List.of();
            }
            List<Bytes> each = each();
            List<Bytes> ofOthers = new ArrayList<>();
            for (int i = 0; i < edits.size(); i++) {
                if (edits.get(i).author != member) {
                    ofOthers.add(each.get(i));
                }
            }
            return ofOthers;
        }

        private List<Bytes> all() {
            if (edits.size() == 1) {
                return each();
            }
            if (all.isEmpty()) {
                all.add(frame(Updates.merge(edits.stream().map(Edit::update).toList())));
            }
            return all;
        }

        private List<Bytes> each() {
            if (each.isEmpty()) {
                edits.forEach(edit -> each.add(frame(edit.update)));
            }
            return each;
        }

        private static Bytes frame(Bytes update) {
            return Messages.write(new Message.Update(update));
        }
    }
}
