package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.jspecify.annotations.Nullable;

/// What a document gained during a tick, and from whom.
///
/// ## Who gets what
///
/// Everybody gets everything but their own, in few frames, and every frame is made once. Who wrote nothing gets one
/// frame with all of it. For the authors the edits are halved, and each half goes, as one frame, to the authors of
/// the other half; and so on within the halves. So of fifty authors each gets six frames instead of forty-nine.
///
/// Confined to its [Room].
final class TickEdits {
    private final List<Edit> edits = new ArrayList<>();

    private record Edit(@Nullable Member author, Bytes update) {}

    /// All that one author, or the document itself, did in this tick.
    private record Share(@Nullable Member author, Bytes update) {}

    /// @param author null when it is new to everybody
    void add(@Nullable Member author, Bytes update) {
        edits.add(new Edit(author, update));
    }

    boolean isEmpty() {
        return edits.isEmpty();
    }

    /// Takes what was gathered and hands it out, frame by frame: the same object to all who get it, one right
    /// after the other.
    void handOut(Set<Member> members, BiConsumer<Member, Bytes> send) {
        List<Share> shares = shares();
        edits.clear();
        Set<Member> authors = new HashSet<>();
        shares.forEach(share -> {
            if (share.author != null) {
                authors.add(share.author);
            }
        });
        boolean allWanted = !authors.containsAll(members);
        Bytes all = handOutAmongAuthors(shares, 0, shares.size(), allWanted, members, send);
        Bytes frame = null;
        for (Member member : members) {
            if (!authors.contains(member)) {
                frame = frame == null ? frame(all) : frame;
                send.accept(member, frame);
            }
        }
    }

    /// Gives the authors from `begin` to `end` (exclusive) what the others of them wrote.
    ///
    /// @return all they wrote, as one update; when that is not wanted, anything
    private static Bytes handOutAmongAuthors(
            List<Share> shares,
            int begin,
            int end,
            boolean allWanted,
            Set<Member> members,
            BiConsumer<Member, Bytes> send) {
        if (end - begin == 1) {
            return shares.get(begin).update;
        }
        int middle = begin + end >>> 1;
        Bytes left = handOutAmongAuthors(shares, begin, middle, true, members, send);
        Bytes right = handOutAmongAuthors(shares, middle, end, true, members, send);
        give(left, shares.subList(middle, end), members, send);
        give(right, shares.subList(begin, middle), members, send);
        return allWanted ? Updates.merge(List.of(left, right)) : left;
    }

    private static void give(Bytes update, List<Share> to, Set<Member> members, BiConsumer<Member, Bytes> send) {
        Bytes frame = null;
        for (Share share : to) {
            if (share.author != null && members.contains(share.author)) {
                frame = frame == null ? frame(update) : frame;
                send.accept(share.author, frame);
            }
        }
    }

    /// By author; what the document did itself comes last, because it follows from what the authors did.
    private List<Share> shares() {
        if (edits.size() == 1) {
            return List.of(new Share(edits.getFirst().author, edits.getFirst().update));
        }
        Map<Member, List<Bytes>> byAuthor = new LinkedHashMap<>();
        List<Bytes> own = new ArrayList<>(0);
        for (Edit edit : edits) {
            List<Bytes> updates =
                    edit.author == null ? own : byAuthor.computeIfAbsent(edit.author, author -> new ArrayList<>(2));
            updates.add(edit.update);
        }
        List<Share> shares = new ArrayList<>(byAuthor.size() + 1);
        byAuthor.forEach((author, updates) -> shares.add(new Share(author, Updates.merge(updates))));
        if (!own.isEmpty()) {
            shares.add(new Share(null, Updates.merge(own)));
        }
        return shares;
    }

    private static Bytes frame(Bytes update) {
        return Messages.write(new Message.Update(update));
    }
}
