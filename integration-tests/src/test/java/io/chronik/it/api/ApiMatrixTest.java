package io.chronik.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Nodes;
import io.chronik.it.wire.RawKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every advertised API in every advertised version, by raw requests: one that succeeds and one that is refused.
/// Passing rows are written to `target/api-matrix.tsv`, from which docs/compatibility.md is made.
@Tag("node")
class ApiMatrixTest {
    /// What a Kafka 4.4 broker advertises of the APIs that a node serves.
    private static final String ADVERTISED = """
            0:0-13 1:4-18 2:1-11 3:0-13 8:2-10 9:1-10 10:0-6 11:0-9 12:0-4 13:0-5 14:0-5 15:0-6 16:0-5 18:0-5 19:2-7 \
            20:1-6 21:0-2 22:0-5 23:2-4 32:1-4 33:0-2 35:1-5 37:0-3 42:0-3 43:0-2 44:0-1 45:0-1 46:0-0 47:0-0 55:0-2 \
            57:0-2 60:0-2 61:0-0 64:0-0 68:0-1 69:0-1 74:0-1 75:0-0 80:0-1 81:0-0""";

    /// Advertised for the sake of old librdkafka, but gone (TrapsTest).
    private static final int FIRST_PRODUCE_VERSION = 3;

    private static final Path TABLE = Path.of("target", "api-matrix.tsv");

    @Test
    void exactlyTheServedApisAreAdvertised() {
        try (RawKafka kafka = new RawKafka(Nodes.shared().port())) {
            // When
            String advertised = render(kafka.apiVersions().apiKeys());
            // Then
            if (Nodes.shared().isChronik()) {
                assertThat(advertised).isEqualTo(ADVERTISED);
            } else {
                assertThat(advertised.split(" ")).contains(ADVERTISED.split(" "));
            }
        }
    }

    private static String render(Iterable<ApiVersion> versions) {
        TreeMap<Short, String> byKey = new TreeMap<>();
        for (ApiVersion version : versions) {
            byKey.put(version.apiKey(), version.apiKey() + ":" + version.minVersion() + "-" + version.maxVersion());
        }
        return String.join(" ", byKey.values());
    }

    @Test
    void everyServedApiHasAProbe() {
        // Given
        List<String> keys = Stream.of(ADVERTISED.split(" "))
                .map(entry -> entry.substring(0, entry.indexOf(':')))
                .toList();
        // When
        List<String> probed = Probe.all().stream()
                .map(probe -> Short.toString(probe.key().id))
                .toList();
        // Then
        assertThat(probed).containsExactlyInAnyOrderElementsOf(keys);
    }

    @TestFactory
    Stream<DynamicNode> everyVersionIsServed() throws IOException {
        Files.createDirectories(TABLE.getParent());
        Files.deleteIfExists(TABLE);
        return Probe.all().stream()
                .map(probe -> DynamicContainer.dynamicContainer(probe.key().name(), tests(probe)));
    }

    private static List<DynamicTest> tests(Probe probe) {
        List<DynamicTest> tests = new ArrayList<>();
        int first = probe.key() == ApiKeys.PRODUCE
                ? FIRST_PRODUCE_VERSION
                : probe.key().oldestVersion();
        for (short version = (short) first; version <= probe.key().latestVersion(false); version++) {
            tests.add(test(probe, version, probe.success(), "success"));
            tests.add(test(probe, version, probe.refusal(), "refusal"));
        }
        return tests;
    }

    private static DynamicTest test(Probe probe, short version, Probe.Case shown, String kind) {
        return DynamicTest.dynamicTest("v" + version + " " + kind + ": " + shown.shows(), () -> {
            try (RawKafka kafka = new RawKafka(Nodes.shared().port())) {
                shown.check().run(kafka, version);
            }
            String row = probe.key().id + "\t" + probe.key().name() + "\t" + version + "\t" + kind + "\t"
                    + shown.shows() + "\n";
            Files.writeString(
                    TABLE, row, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);
        });
    }
}
