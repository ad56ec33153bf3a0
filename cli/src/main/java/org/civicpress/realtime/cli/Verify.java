package org.civicpress.realtime.cli;

import java.io.PrintStream;
import java.util.List;
import org.civicpress.realtime.server.room.RoomId;
import org.civicpress.realtime.server.store.JournalException;
import org.civicpress.realtime.server.store.JournalView;
import org.civicpress.realtime.server.store.JournalView.Kept;
import org.civicpress.realtime.server.store.Progress;

/// Reads all of a journal, makes the document of every room and generation, and prints what is damaged.
/// Confined to its command's thread.
final class Verify {
    private final JournalView journal;
    private final PrintStream out;
    private int sound;
    private int damaged;

    Verify(JournalView journal, PrintStream out) {
        this.journal = journal;
        this.out = out;
    }

    /// @return whether all of it is sound
    boolean run(Progress progress) {
        boolean isFileSound = journal.damage(progress)
                .map(damage -> {
                    out.println("the file is damaged: " + Trouble.oneLine(damage));
                    return false;
                })
                .orElse(true);
        List<RoomId> rooms = journal.rooms();
        for (RoomId room : rooms) {
            progress.at("rooms read", (long) sound + damaged, rooms.size());
            if (isSound(room)) {
                sound++;
            } else {
                damaged++;
            }
        }
        out.println(
                damaged == 0 && isFileSound
                        ? sound + (sound == 1 ? " room, sound" : " rooms, all sound")
                        : rooms.size() + (rooms.size() == 1 ? " room, " : " rooms, ") + damaged
                                + " damaged (`civic-realtime export` brings out what is left of one)");
        return damaged == 0 && isFileSound;
    }

    /// What was set aside in an older generation is told, and is nobody's trouble any more.
    private boolean isSound(RoomId room) {
        String name = JournalOf.name(room);
        boolean isSound = true;
        try {
            List<Long> generations = journal.generations(room);
            for (long generation : generations) {
                boolean isPresent = generation == generations.getFirst();
                String place = isPresent ? name : name + ", generation " + generation;
                Kept kept = journal.read(room, generation).orElse(null);
                if (kept == null) {
                    continue; // forgotten meanwhile
                }
                for (String missing : kept.document().missing()) {
                    out.println(place + ": " + missing);
                    isSound = false;
                }
                for (String setAside : kept.setAside()) {
                    out.println(place + ": " + setAside);
                    isSound &= !isPresent;
                }
            }
            for (String damage : journal.damagedProposals(room)) {
                out.println(name + ": " + damage);
                isSound = false;
            }
        } catch (JournalException e) {
            out.println(name + ": cannot be read: " + Trouble.oneLine(String.valueOf(e.getMessage())));
            return false;
        }
        return isSound;
    }
}
