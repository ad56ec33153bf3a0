package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.civicpress.realtime.crdt.Applied;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.jspecify.annotations.Nullable;

/// The document of a room that was loaded, and on which way its edits are: to the others, to the journal, to the
/// follower. What a tick brings is gathered; what leaves, leaves at its end.
///
/// Confined to its [Room].
final class Live {
    final Doc doc;
    final DocFrames frames;
    final DocumentSize size;
    final Lineage lineage;
    final Durability durability;
    final List<String> losses;
    private final Loop loop;
    private RoomType.@Nullable Follower follower;
    private @Nullable SnapshotPasses passes;

    private final TickEdits tickEdits = new TickEdits();
    /// By member: of each the journal gets one entry, because a row costs more than what is in it.
    private final Map<Member, List<Journal.Entry>> tickEntries = new LinkedHashMap<>();

    /// @param loadedBytes that the document was made of
    Live(Doc doc, Lineage lineage, Durability durability, List<String> losses, Loop loop, long loadedBytes) {
        this.doc = doc;
        this.lineage = lineage;
        this.durability = durability;
        this.losses = losses;
        this.loop = loop;
        frames = new DocFrames(doc);
        size = new DocumentSize(doc, frames, loadedBytes);
    }

    /// Who follows the edits from now on.
    void followedBy(RoomType.Follower follower, SnapshotPasses passes) {
        this.follower = follower;
        this.passes = passes;
    }

    SnapshotPasses passes() {
        return Objects.requireNonNull(passes);
    }

    RoomType.Follower follower() {
        return Objects.requireNonNull(follower);
    }

    boolean isFollowerBehind() {
        return follower != null && follower.isBehind();
    }

    /// @return whether the document is another one now
    /// @throws org.civicpress.realtime.crdt.lib0.MalformedBytesException when it is not an update
    boolean apply(Member member, Bytes update) {
        Applied applied = doc.apply(update, member);
        List<Bytes> changes = applied.changes();
        if (changes.isEmpty() && !(applied.held() && frames.holdsMore())) {
            return false;
        }
        if (applied.held()) {
            size.add(update);
            keep(member, update, applied.clients()); // what is held is in none of the changes
        }
        for (int i = 0; i < changes.size(); i++) {
            // After what came stands what the document did in consequence, which is new to the author too.
            tickEdits.add(i == 0 ? member : null, changes.get(i));
            if (i > 0 || !applied.held()) {
                size.add(changes.get(i));
                keep(member, changes.get(i), applied.clients());
            }
        }
        changed();
        return true;
    }

    /// Does something to the document itself, in somebody's name.
    ///
    /// @return why it could not be done
    Optional<String> edit(Principal principal, Edit edit) {
        List<Bytes> updates = new ArrayList<>(1);
        List<String> obstacle = new ArrayList<>(0);
        try (var listening = doc.onUpdate((update, origin) -> updates.add(update))) {
            doc.transact(() -> edit.into(doc).ifPresent(obstacle::add), edit);
        }
        if (!updates.isEmpty()) {
            handEntriesIn(); // what it builds on comes first
            for (Bytes update : updates) {
                tickEdits.add(null, update);
                size.add(update);
                durability.append(
                        new Journal.Entry(update, List.of(doc.clientId()), principal.id(), null, loop.nowMillis()));
            }
            changed();
        }
        return obstacle.stream().findFirst();
    }

    private void changed() {
        frames.changed();
        if (follower != null) {
            follower.onEdited();
        }
        if (passes != null) {
            passes.onEdited();
        }
    }

    private void keep(Member member, Bytes update, List<Long> clients) {
        tickEntries
                .computeIfAbsent(member, first -> new ArrayList<>(1))
                .add(new Journal.Entry(
                        update, clients, member.session.principal().id(), member.session.id(), loop.nowMillis()));
    }

    /// Gives the journal what the tick brought.
    void handEntriesIn() {
        tickEntries.values().forEach(entries -> durability.append(Journal.Entry.joined(entries)));
        tickEntries.clear();
    }

    /// Gives the members what the tick brought.
    void passEditsOn(Set<Member> members, BiConsumer<Member, Bytes> send) {
        if (!tickEdits.isEmpty()) {
            tickEdits.handOut(members, send);
        }
    }

    void stop() {
        if (passes != null) {
            passes.stop();
        }
        if (follower != null) {
            follower.stop();
        }
        durability.stop();
    }
}
