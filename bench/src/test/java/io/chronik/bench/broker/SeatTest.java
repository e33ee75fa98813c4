package io.chronik.bench.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeatTest {
    private static final List<Integer> PORTS = List.of(21_000, 21_002, 21_004);
    private static final ChronikRecipe CHRONIK = new ChronikRecipe(Path.of("bin/chronik"));

    @Test
    void membersAreKnownByTheirInternalAddresses() {
        assertThat(Seat.onLoopback(2, PORTS).members())
                .isEqualTo("1@127.0.0.1:21001,2@127.0.0.1:21003,3@127.0.0.1:21005");
    }

    @Test
    void aNodeOfAClusterIsToldItsNumberAndTheOthers() {
        assertThat(CHRONIK.start(Path.of("/d"), Seat.onLoopback(3, PORTS)))
                .containsSubsequence("--listen", "127.0.0.1:21004", "--internal", "127.0.0.1:21005")
                .containsSubsequence("--node-id", "3", "--cluster")
                .doesNotContain("chronik.insecure.listener.allow=true");
        assertThat(CHRONIK.start(Path.of("/d"), Seat.alone(21_000))).doesNotContain("--cluster");
    }

    @Test
    void aNodeElsewhereListensThere() {
        Seat seat =
                new Seat(1, List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"), PORTS, List.of("ip", "netns", "exec", "x"));

        assertThat(CHRONIK.with(Map.of("a", "b")).start(Path.of("/d"), seat))
                .containsSubsequence("--listen", "10.0.0.1:21000", "--internal", "10.0.0.1:21001")
                .containsSubsequence("--set", "chronik.insecure.listener.allow=true")
                .containsSubsequence("--set", "a=b");
    }
}
