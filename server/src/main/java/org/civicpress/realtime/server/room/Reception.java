package org.civicpress.realtime.server.room;

import org.civicpress.realtime.crdt.StateVector;
import org.civicpress.realtime.crdt.Updates;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.CloseCode;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;
import org.civicpress.realtime.server.ops.Counter;
import org.civicpress.realtime.server.ops.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out whose document a newcomer holds. One that belongs to an older generation ([Lineage]) is never merged:
/// its client is asked for all it has, that is kept as a proposal, and the client is sent away for good. So that
/// nothing doubles on its screen either, a newcomer is told the document only after it has said what it has, or has
/// said nothing for a moment.
///
/// Confined to its [Room].
final class Reception {
    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);
    private static final long NEWCOMER_MILLIS = 250;
    private static final long FAREWELL_MILLIS = 10_000;
    private static final Bytes GIVE_ME_ALL = Messages.write(new Message.SyncStep1(StateVector.EMPTY.encode()));

    private final RoomId id;
    private final Loop loop;
    private final Proposals proposals;
    private final Counters counters;
    private final Hosting room;

    /// What the room does for it.
    interface Hosting {
        /// Does something as the room does its own work.
        void guarded(Runnable work);

        boolean mayEdit(Live live, Member member);

        /// Asks a member what it has.
        void question(Member member, Bytes stepOne);

        /// Tells a newcomer the document, once.
        void tellAll(Live live, Member member);

        /// Takes a member's presence from the others.
        void hide(Member member);

        void sendAway(Member member, CloseCode code);

        /// So many proposals wait now.
        void onProposals(int waiting);
    }

    Reception(RoomId id, Loop loop, Proposals proposals, Counters counters, Hosting room) {
        this.id = id;
        this.loop = loop;
        this.proposals = proposals;
        this.counters = counters;
        this.room = room;
    }

    /// It was asked what it has. Where that cannot be of an older generation, it need not be waited for.
    void greet(Live live, Member member) {
        if (!live.lineage.isWatching()) {
            member.standing = Member.Standing.CURRENT;
            room.tellAll(live, member);
        } else {
            member.timer = loop.schedule(NEWCOMER_MILLIS, () -> room.guarded(() -> room.tellAll(live, member)));
        }
    }

    /// Whether an answer to such a question is of an older generation.
    boolean isForeign(Live live, Member member, Bytes update) {
        return live.lineage.isWatching()
                && (live.lineage.isForeign(update)
                        || (member.standing == Member.Standing.NEW
                                && live.lineage.repeatsAbandonedDeletion(update, live.doc)));
    }

    /// It has said what it has, and that can be merged.
    void settle(Live live, Member member) {
        if (member.standing == Member.Standing.NEW) {
            member.standing = Member.Standing.CURRENT;
            room.tellAll(live, member);
        }
    }

    /// A client holds a document of an older generation. Whoever may edit is asked for all of it.
    void onStale(Live live, Member member) {
        counters.count(Counter.SESSIONS_STALE);
        member.standing = Member.Standing.STALE;
        room.hide(member);
        if (!room.mayEdit(live, member)) {
            LOG.info("{}: {} has a document of an older generation and was sent away", id, member);
            room.sendAway(member, CloseCode.stale(false));
            return;
        }
        if (member.timer != null) {
            member.timer.cancel();
        }
        member.timer = loop.schedule(
                FAREWELL_MILLIS,
                () -> room.guarded(() -> {
                    LOG.warn("{}: {} has a document of an older generation and did not show it", id, member);
                    room.sendAway(member, CloseCode.stale(false));
                }));
        room.question(member, GIVE_ME_ALL);
    }

    /// @param update the answer to a question; only that to the last one, [#GIVE_ME_ALL], is the whole document
    void keepUnsent(Live live, Member member, Bytes update) {
        if (member.isUnsentOffered || member.unanswered > 0) {
            return;
        }
        if (!room.mayEdit(live, member)) {
            room.sendAway(member, CloseCode.stale(false));
            return;
        }
        Updates.meta(update); // or it is no update
        member.isUnsentOffered = true;
        var offer = new Proposals.Offer(
                id,
                live.durability.generation(),
                Proposals.Reason.STALE,
                member.session.principal().id(),
                update.compact(),
                loop.nowMillis());
        proposals.offer(offer, outcome -> loop.execute(() -> room.guarded(() -> onOffered(member, outcome))));
    }

    private void onOffered(Member member, Proposals.Outcome outcome) {
        switch (outcome) {
            case Proposals.Outcome.Kept(int waiting) -> {
                LOG.info(
                        "{}: {} has a document of an older generation; what is new in it waits as a proposal",
                        id,
                        member);
                room.sendAway(member, CloseCode.stale(true));
                room.onProposals(waiting);
            }
            case Proposals.Outcome.NothingNew nothing -> {
                LOG.info("{}: {} has a document of an older generation, with nothing new in it", id, member);
                room.sendAway(member, CloseCode.stale(false));
            }
            case Proposals.Outcome.Failed(var reason) -> {
                LOG.error("{}: what {} wrote in an older generation cannot be kept now: {}", id, member, reason);
                room.sendAway(member, CloseCode.TRY_AGAIN);
            }
        }
    }
}
