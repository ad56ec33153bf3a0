package org.civicpress.realtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.civicpress.realtime.crdt.Doc;
import org.civicpress.realtime.crdt.Snapshot;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocCommandTest {
    /// What Yjs writes when client 1 types "Hi" into the text "text".
    private static final String HI = "01010100040104" + hex("text") + "02" + hex("Hi") + "00";

    /// And when client 1 goes on with "!".
    private static final String EXCLAMATION = "0101010284010101" + hex("!") + "00";

    /// And both at once.
    private static final String ALL = "01010100040104" + hex("text") + "03" + hex("Hi!") + "00";

    @TempDir
    Path home;

    private Path hi;
    private Path exclamation;
    private Path nothing;

    @BeforeEach
    void writeFiles() throws IOException {
        hi = file("hi.bin", HI);
        exclamation = file("exclamation.bin", EXCLAMATION);
        nothing = file("nothing.sv", "00");
    }

    @Test
    void toJsonShowsEveryRoot() {
        var terminal = Terminal.type("doc", "to-json", hi, exclamation);

        assertThat(terminal.exitCode()).isZero();
        assertThat(terminal.lastLine())
                .contains("\"text\":{\"$\":\"type\",\"k\":\"text\",\"attrs\":[],\"v\":[{\"insert\":\"Hi!\"}]}")
                .contains("\"text#s\":\"Hi!\"");
    }

    @Test
    void mergeMakesOneUpdateOfMany() throws IOException {
        assertThat(result("merge", json(hi, exclamation)))
                .isEqualTo("01020100040104" + hex("text") + "02" + hex("Hi") + "84010101" + hex("!") + "00");
    }

    @Test
    void encodeDiffIsTheStateFromAStateVectorOn() throws IOException {
        Path known = file("known.sv", "010102");

        assertThat(result("encode-diff", json(hi, exclamation, nothing))).isEqualTo(ALL);
        assertThat(result("encode-diff", json(hi, exclamation, known))).isEqualTo(EXCLAMATION);
        assertThat(result("diff", json(file("all.bin", ALL), known))).isEqualTo(EXCLAMATION);
    }

    @Test
    void stateVectorAndMetaNeedNoDocument() throws IOException {
        assertThat(result("state-vector", json(hi))).isEqualTo("010102");
        assertThat(Terminal.type("doc", "parse-meta", exclamation).lastLine())
                .isEqualTo("{\"from\":[[1,2]],\"to\":[[1,3]]}");
    }

    @Test
    void anUpdateGoesFromOneEncodingToTheOtherAndBack() throws IOException {
        String v2 = result("convert-v1-v2", json(hi));

        assertThat(v2).isNotEqualTo(HI);
        assertThat(result("convert-v2-v1", json(file("v2.bin", v2)))).isEqualTo(HI);
        assertThat(Terminal.type("doc", "to-json", "--v2", home.resolve("v2.bin"))
                        .lastLine())
                .contains("\"text#s\":\"Hi\"");
    }

    @Test
    void applyTellsWhatCameOfEachUpdate() throws IOException {
        Path damaged = file("damaged.bin", "0101");

        assertThat(Terminal.type("doc", "apply", hi, damaged).lastLine())
                .contains("\"status\":[true,false]", "\"sv\":\"AQEC\"")
                .contains("\"v1\":\""
                        + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(HI)) + "\"");
    }

    @Test
    void anyReadsAndWritesEachValue() throws IOException {
        assertThat(result("any", json(file("values.bin", "7e" + "7d05" + "7702" + hex("ab")))))
                .isEqualTo("7e" + "7d05" + "7702" + hex("ab"));
    }

    @Test
    void syncReplyAnswersAStateVectorWithWhatIsMissing() throws IOException {
        Path step1 = file("step1.bin", "000100");
        String step2 = "01" + "%02x".formatted(HI.length() / 2) + HI;

        assertThat(Terminal.type("doc", "sync-reply", step1, hi).lastLine())
                .contains("\"reply\":\""
                        + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(step2)) + "\"");
    }

    @Test
    void aSnapshotSaysWhatItContainsAndBringsItBack() throws IOException {
        Path snapshot = home.resolve("then.snapshot");
        Doc doc = new Doc(7, false);
        doc.text("text").insert(0, "then");
        Bytes before = doc.state();
        Files.write(snapshot, Snapshot.of(doc).encode().toArray());
        doc.text("text").delete(0, 4);
        doc.text("text").insert(0, "now");
        Path first = Files.write(home.resolve("first.bin"), before.toArray());
        Path all = Files.write(home.resolve("all.bin"), doc.state().toArray());
        assertThat(Terminal.type("doc", "contains", snapshot, first).lastLine()).isEqualTo("{\"contains\":true}");
        assertThat(Terminal.type("doc", "contains", snapshot, all).lastLine()).isEqualTo("{\"contains\":false}");
        assertThat(Terminal.type("doc", "snapshot-restore", snapshot, all).lastLine())
                .contains("\"delta\":[{\"insert\":\"then\"}]")
                .contains("\"text#s\":\"then\"");
    }

    @Test
    void syncReplyPassesOverAnUpdateThatItCannotReadButNotAnUnknownType() throws IOException {
        assertThat(Terminal.type("doc", "sync-reply", file("update.bin", "02020101"), hi)
                        .lastLine())
                .startsWith("{\"reply\":\"\"");
        assertThat(Terminal.type("doc", "sync-reply", file("unknown.bin", "0900"), hi)
                        .trouble())
                .contains("type 9");
    }

    @Test
    void aScriptTellsWhatBecameOfItsDocuments() throws IOException {
        Path script = Files.writeString(home.resolve("script.json"), """
                {"docs": [{"clientID": 1, "gc": false}, {"clientID": 2}], "observe": true, "trace": true, "steps": [
                  {"step": "um", "d": 0, "paths": [["text"]], "captureTimeout": 0},
                  {"step": "op", "d": 0, "path": ["text"], "op": "tinsert", "i": 0, "str": "Hello"},
                  {"step": "snap", "d": 0},
                  {"step": "relpos", "d": 0, "path": ["text"], "i": 2},
                  {"step": "op", "d": 0, "path": ["text"], "op": "tdelete", "i": 1, "n": 3},
                  {"step": "undo", "d": 0},
                  {"step": "op", "d": 1, "path": ["map"], "op": "tinsert", "i": 0, "str": "no text"},
                  {"step": "sync2", "from": 0, "to": 1}]}
                """);

        assertThat(Terminal.type("doc", "script", script).lastLine())
                .startsWith("{\"errors\":[6],\"updates1\":[[\"AQEBAAQBBHRleHQFSGVsbG8A\",")
                .contains("\"text#s\":\"Hello\"")
                .contains("{\"target\":\"text\",\"path\":[],\"delta\":[{\"retain\":1},{\"delete\":3}],\"keys\":[]}")
                .contains("[\"beforeTransaction\",true],[\"beforeObserverCalls\"]")
                .contains("\"abs\":{\"kind\":\"text\",\"index\":2,\"assoc\":0}")
                .contains("\"absNoFollow\":{\"kind\":\"text\",\"index\":4,\"assoc\":0}")
                .contains("\"restored\":\"AQEBAAQBBHRleHQFSGVsbG8A\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'step':'um','d':0,'paths':[['text']]}, {'step':'op','d':0,EDIT}, {'step':'undo','d':0}",
                "{'do':'um','d':0,'paths':[['text']]}, {'do':'op','d':0,EDIT}, {'do':'undo','d':0}",
                "{'op':'um','d':0,'paths':[['text']]}, {'d':0,EDIT}, {'op':'undo','d':0}",
                "{'um':{'d':0,'paths':[['text']]}}, {'op':{EDIT},'d':0}, {'undo':0}",
                "['um',0,[['text']]], ['op',0,{EDIT}], ['undo',0]"
            })
    void aStepMaySayInManyWaysWhatItIs(String steps) throws IOException {
        String script = "{'docs':[{'clientID':1}],'steps':[STEPS]}"
                .replace("STEPS", steps)
                .replace("EDIT", "'path':['text'],'op':'tinsert','i':0,'str':'redo'")
                .replace('\'', '"');

        assertThat(Terminal.type("doc", "script", Files.writeString(home.resolve("script.json"), script))
                        .lastLine())
                .startsWith("{\"errors\":[],\"updates1\":[[\"AQEBAAQBBHRleHQEcmVkbwA=\",\"AAEBAQAE\"]]");
    }

    @Test
    void anAwarenessScriptTellsWhatListenersHear() throws IOException {
        Path script = Files.writeString(home.resolve("awareness.json"), """
                {"clientID": 5, "steps": [{"op": "set", "state": {"name": "Ada"}}, {"field": "cursor", "value": 3},
                  {"apply": "AQYBDnsibmFtZSI6IkJvYiJ9"}, {"remove": [6]}, {"encode": [5, 6]}, {"encode": [7]},
                  {"modify": "AQYBDnsibmFtZSI6IkJvYiJ9"}]}
                """);

        assertThat(Terminal.type("doc", "awareness", script).lastLine()).isEqualTo("""
                {"out":[["change",[],[5],[],"local"],["update",[],[5],[],"local"],\
                ["change",[],[5],[],"local"],["update",[],[5],[],"local"],\
                ["change",[6],[],[],"net"],["update",[6],[],[],"net"],\
                ["change",[],[],[6],"rm"],["update",[],[],[6],"rm"],\
                ["encoded","AgUCGXsibmFtZSI6IkFkYSIsImN1cnNvciI6M30GAQRudWxs"],["error"],\
                ["modified","AQYBHXsibmFtZSI6IkJvYiIsInN0YW1wZWQiOnRydWV9"]],\
                "states":[[5,"{\\"name\\":\\"Ada\\",\\"cursor\\":3}"]],"clocks":[[5,2],[6,1]]}""");
    }

    @Test
    void aDamagedFileIsOneLine() throws IOException {
        assertThat(Terminal.type("doc", "to-json", file("damaged.bin", "0101")).trouble())
                .contains("to-json");
        assertThat(Terminal.type("doc", "to-json", home.resolve("nowhere.bin")).trouble())
                .contains("nowhere.bin");
        assertThat(Terminal.type("doc", "encode-diff").trouble()).contains("state vector");
    }

    @Test
    void whatTheEngineCannotDoIsSaid() {
        assertThat(Terminal.type("doc", "marge", hi).trouble()).contains("merge");
    }

    @Test
    void aJobThatFailsLeavesTheReasonAndTheNextIsDone() throws IOException {
        Path bad = home.resolve("bad.out");
        Path good = home.resolve("good.out");
        Path jobs = Files.writeString(
                home.resolve("jobs.jsonl"),
                job("to-json", json(nothing, home.resolve("gone")), bad) + "\n" + job("state-vector", json(hi), good)
                        + "\n");

        assertThat(Terminal.type("doc", "batch", jobs).exitCode()).isZero();

        assertThat(bad).doesNotExist();
        assertThat(home.resolve("bad.out.err")).content().contains("gone");
        assertThat(good).hasBinaryContent(HexFormat.of().parseHex("010102"));
        assertThat(home.resolve("good.out.err")).doesNotExist();
    }

    /// What a job leaves in its file, in hex.
    private String result(String operation, String inputs) throws IOException {
        Path out = home.resolve("result");
        Path jobs = Files.writeString(home.resolve("jobs.jsonl"), job(operation, inputs, out));
        assertThat(Terminal.type("doc", "batch", jobs).exitCode()).isZero();
        assertThat(home.resolve("result.err")).doesNotExist();
        return HexFormat.of().formatHex(Files.readAllBytes(out));
    }

    private static String job(String operation, String inputs, Path out) {
        return "{\"id\":\"1\",\"op\":\"%s\",\"v\":1,\"in\":%s,\"out\":\"%s\"}".formatted(operation, inputs, out);
    }

    private static String json(Path... files) {
        return List.of(files).stream().map(file -> "\"" + file + "\"").toList().toString();
    }

    private Path file(String name, String hex) throws IOException {
        return Files.write(home.resolve(name), HexFormat.of().parseHex(hex));
    }

    private static String hex(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
