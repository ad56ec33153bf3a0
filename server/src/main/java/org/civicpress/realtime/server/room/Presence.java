package org.civicpress.realtime.server.room;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.protocol.AwarenessEntry;
import org.civicpress.realtime.protocol.AwarenessStates;
import org.civicpress.realtime.protocol.Message;
import org.civicpress.realtime.protocol.Messages;

/// Who is in a room, and what of it the others were not told yet.
///
/// Whoever is first heard about a client speaks for it, until it leaves. Others are not believed: today's
/// clients repeat whatever they hear, and call somebody gone whose signs of life they missed. Only the same
/// person on another connection may take over with news, because a connection that broke may be noticed after
/// the next one came.
///
/// Confined to its [Room].
final class Presence {
    /// Says nothing; only shows that the server is there.
    static final Bytes NOTHING = Messages.write(new Message.AwarenessUpdate(List.of()));

    private static final int MAX_CLIENTS = 16;

    private final AwarenessStates awareness = new AwarenessStates();
    private final Map<Long, Member> speakers = new HashMap<>();

    /// Clients with a state that was not passed on, and who told it.
    private final Map<Long, Member> news = new LinkedHashMap<>();

    /// @return what the member has to be told: where it calls a client present that everybody knows as
    ///     gone, it has slept and must speak with a higher clock
    List<AwarenessEntry> say(Member member, List<AwarenessEntry> entries) {
        List<AwarenessEntry> answers = new ArrayList<>();
        for (AwarenessEntry said : entries) {
            if (!maySpeak(member, said)) {
                continue;
            }
            AwarenessEntry entry = member.stamped(said);
            if (awareness.apply(entry)) {
                speaks(member, entry);
                news.put(entry.client(), member);
            } else if (!entry.isGone() && !awareness.isHere(entry.client())) {
                awareness.of(entry.client()).ifPresent(answers::add);
            }
        }
        return answers;
    }

    private boolean maySpeak(Member member, AwarenessEntry entry) {
        Member speaker = speakers.get(entry.client());
        if (speaker == member) {
            return true;
        }
        if (entry.isGone() || member.clients.size() >= MAX_CLIENTS) {
            return false;
        }
        return speaker == null
                || speaker.session
                        .principal()
                        .id()
                        .equals(member.session.principal().id());
    }

    private void speaks(Member member, AwarenessEntry entry) {
        Member before = entry.isGone() ? speakers.remove(entry.client()) : speakers.put(entry.client(), member);
        if (before != null) {
            before.clients.remove(entry.client());
        }
        if (!entry.isGone()) {
            member.clients.add(entry.client());
        }
    }

    /// Whoever it spoke for is gone.
    void leave(Member member) {
        for (long client : member.clients) {
            speakers.remove(client);
            if (awareness.remove(client).isPresent()) {
                news.put(client, member);
            }
        }
        member.clients.clear();
    }

    boolean hasNews() {
        return !news.isEmpty();
    }

    /// Takes the news, to be passed on.
    News takeNews() {
        Map<Long, Member> taken = new LinkedHashMap<>(news);
        news.clear();
        List<AwarenessEntry> entries = taken.keySet().stream()
                .map(awareness::of)
                .flatMap(Optional::stream)
                .toList();
        return new News(frame(entries), entries, taken);
    }

    /// Everybody, as a frame; absent when nobody is here.
    Optional<Bytes> everybody() {
        return awareness.isEmpty() ? Optional.empty() : Optional.of(frame(awareness.all()));
    }

    static Bytes frame(List<AwarenessEntry> entries) {
        return Messages.write(new Message.AwarenessUpdate(entries));
    }

    /// What changed during a tick. Nobody is told what it said itself.
    static final class News {
        private final Bytes all;
        private final List<AwarenessEntry> entries;
        private final Map<Long, Member> authors;
        private final Set<Member> speakers;

        private News(Bytes all, List<AwarenessEntry> entries, Map<Long, Member> authors) {
            this.all = all;
            this.entries = entries;
            this.authors = authors;
            speakers = authors.values().stream().collect(Collectors.toSet());
        }

        /// The frame for a member, the same object for all who said nothing; absent when there is none.
        Optional<Bytes> frameFor(Member member) {
            if (!speakers.contains(member)) {
                return Optional.of(all);
            }
            List<AwarenessEntry> ofOthers = entries.stream()
                    .filter(entry -> authors.get(entry.client()) != member)
                    .toList();
            return ofOthers.isEmpty() ? Optional.empty() : Optional.of(frame(ofOthers));
        }
    }
}
