package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.jspecify.annotations.Nullable;

/// What a document gained during a tick, in order, and from whom. Confined to its [Room].
final class TickEdits {
    private final List<Edit> edits = new ArrayList<>();

    private record Edit(@Nullable Member author, Bytes update) {}

    /// @param author null when it is new to everybody
    void add(@Nullable Member author, Bytes update) {
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
        private final @Nullable Bytes[] each;
        private List<Bytes> all = List.of();

        private Frames(List<Edit> edits) {
            this.edits = edits;
            each = new @Nullable Bytes[edits.size()];
            for (Edit edit : edits) {
                if (edit.author != null) {
                    authors.add(edit.author);
                }
            }
        }

        List<Bytes> framesFor(Member member) {
            if (!authors.contains(member)) {
                return all();
            }
            List<Bytes> ofOthers = new ArrayList<>();
            for (int i = 0; i < edits.size(); i++) {
                if (edits.get(i).author != member) {
                    ofOthers.add(one(i));
                }
            }
            return ofOthers;
        }

        private List<Bytes> all() {
            if (all.isEmpty()) {
                all = List.of(
                        edits.size() == 1
                                ? one(0)
                                : frame(Updates.merge(
                                        edits.stream().map(Edit::update).toList())));
            }
            return all;
        }

        private Bytes one(int index) {
            Bytes frame = each[index];
            if (frame == null) {
                frame = frame(edits.get(index).update);
                each[index] = frame;
            }
            return frame;
        }

        private static Bytes frame(Bytes update) {
            return Messages.write(new Message.Update(update));
        }
    }
}
