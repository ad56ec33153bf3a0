package org.civicpress.realtime.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.civicpress.realtime.crdt.lib0.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Updates that come before those they build on.
class PendingVectorsTest {
    @TestFactory
    Stream<DynamicTest> whatCannotBeIntegratedYetIsHeldAndNotLost() {
        return Vectors.each("pending.json", vector -> {
            Doc doc = Tagged.withRoots(new Doc(33));
            List<Bytes> emitted = new ArrayList<>();
            doc.onUpdate((update, origin) -> emitted.add(update));
            for (JsonNode step : vector.get("steps")) {
                Applied applied = doc.apply(Vectors.base64(step.get("apply")), null);
                boolean pending = step.get("pendingStructs").asBoolean()
                        || step.get("pendingDs").asBoolean();
                assertThat(doc.state()).isEqualTo(Vectors.base64(step.get("stateAfterV1")));
                assertThat(doc.stateVector()).isEqualTo(Vectors.base64(step.get("sv")));
                assertThat(doc.hasPending()).isEqualTo(pending);
                assertThat(pending || !applied.held()).isTrue();
            }
            assertThat(emitted)
                    .isEqualTo(Vectors.elements(vector.get("emittedV1")).stream()
                            .map(Vectors::base64)
                            .toList());
            assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        });
    }

    @TestFactory
    Stream<DynamicTest> theOrderOfArrivalDoesNotMatterInTheEnd() {
        return Vectors.each("pending.json", vector -> {
            List<JsonNode> steps = Vectors.elements(vector.get("steps"));
            Doc doc = Tagged.withRoots(new Doc(33));
            for (JsonNode step : steps.reversed()) {
                doc.apply(Vectors.base64(step.get("apply")), null);
            }
            assertThat(doc.hasPending()).isFalse();
            assertThat(doc.stateVector())
                    .isEqualTo(Vectors.base64(steps.getLast().get("sv")));
            assertThat(Tagged.content(doc)).isEqualTo(Tagged.expected(vector.get("content")));
        });
    }
}
