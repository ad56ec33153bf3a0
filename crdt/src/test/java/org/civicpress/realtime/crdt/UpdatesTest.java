package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.civicpress.realtime.crdt.lib0.MalformedBytesException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class UpdatesTest {
    private static final Bytes FIRST_A = Bytes.ofHex("01010100040101740161" + "00");
    private static final Bytes THIRD_C = Bytes.ofHex("01010102840101" + "0163" + "00");

    @TestFactory
    Stream<DynamicTest> theToolsGiveWhatThoseOfYjsGive() {
        return Vectors.each("update-tools.json", vector -> {
            List<Bytes> updates = Vectors.elements(vector.get("inV1")).stream()
                    .map(Vectors::base64)
                    .toList();
            Bytes merged = Vectors.base64(vector.get("mergedV1"));
            Bytes stateVector = Vectors.base64(vector.get("stateVector"));
            assertThat(Updates.merge(updates)).isEqualTo(merged);
            assertThat(Updates.diff(merged, stateVector)).isEqualTo(Vectors.base64(vector.get("diffV1")));
            assertThat(Updates.stateVectorOf(merged)).isEqualTo(Vectors.base64(vector.get("svFromUpdate")));
            assertThat(Updates.meta(merged))
                    .isEqualTo(new Updates.Meta(clocks(vector.get("metaFrom")), clocks(vector.get("metaTo"))));
        });
    }

    private static Map<Long, Long> clocks(JsonNode pairs) {
        Map<Long, Long> clocks = new LinkedHashMap<>();
        pairs.forEach(pair -> clocks.put(pair.get(0).asLong(), pair.get(1).asLong()));
        return clocks;
    }

    @Test
    void aGapBetweenTwoUpdatesIsMarked() {
        Bytes merged = Updates.merge(List.of(THIRD_C, FIRST_A));
        assertThat(merged).isEqualTo(Bytes.ofHex("0103010004010174016" + "10a01" + "840101016300"));
        assertThat(Updates.stateVectorOf(merged)).isEqualTo(Bytes.ofHex("010101"));
        assertThat(Updates.meta(merged)).isEqualTo(new Updates.Meta(Map.of(1L, 0L), Map.of(1L, 3L)));
    }

    @Test
    void nothingMergedIsTheEmptyUpdate() {
        assertThat(Updates.merge(List.of())).isEqualTo(Bytes.ofHex("0000"));
        assertThat(Updates.stateVectorOf(Bytes.ofHex("0000"))).isEqualTo(Bytes.ofHex("00"));
    }

    @Test
    void mergingTwiceChangesNothing() {
        Bytes merged = Updates.merge(List.of(THIRD_C, FIRST_A));
        assertThat(Updates.merge(List.of(merged, merged, FIRST_A))).isEqualTo(merged);
    }

    @Test
    void malformedUpdatesAreRefused() {
        assertThatThrownBy(() -> Updates.merge(List.of(FIRST_A, FIRST_A.slice(0, 8))))
                .isInstanceOf(MalformedBytesException.class);
        assertThatThrownBy(() -> Updates.diff(FIRST_A, Bytes.ofHex("0101")))
                .isInstanceOf(MalformedBytesException.class);
    }
}
