package io.chronik.server.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.NodeImage;
import io.chronik.server.controller.NodeLiveness.Expired;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// Three nodes with the epochs 11, 12 and 13. A session is 2,000 ms, the grace after a closed connection 100 ms.
class NodeLivenessTest {
    private long nowMs = 1_000_000;
    private final NodeLiveness liveness = new NodeLiveness(new NodeLiveness.Times(2_000, 100, 250), nowMs);

    @Test
    void aSilentNodeExpiresWhenItsSessionEnds() {
        // Given
        takeOver(0);
        allBeat(1);

        // When
        List<Expired> before = runWithout(3, 1_999);
        List<Expired> after = runWithout(3, 1);

        // Then
        assertThat(before).isEmpty();
        assertThat(after).containsExactly(new Expired(3, 13, "it was silent"));
    }

    @Test
    void itExpiresOnce() {
        // Given
        takeOver(0);
        runWithout(3, 2_000);

        // When
        List<Expired> later = runWithout(3, 10_000);

        // Then
        assertThat(later).isEmpty();
    }

    @Test
    void aClosedConnectionEndsItsSessionAfterTheGrace() {
        // Given
        takeOver(0);
        allBeat(1);
        liveness.onDisconnected(3, 1, nowMs);

        // When
        List<Expired> before = runWithout(3, 99);
        List<Expired> after = runWithout(3, 1);

        // Then
        assertThat(before).isEmpty();
        assertThat(after).containsExactly(new Expired(3, 13, "its connection closed"));
    }

    @Test
    void aNodeThatComesBackOnAnotherConnectionLives() {
        // Given
        takeOver(0);
        allBeat(1);
        liveness.onDisconnected(3, 1, nowMs);
        run(50);

        // When
        beat(3, 2);
        List<Expired> after = runWithout(3, 1_900);

        // Then
        assertThat(after).isEmpty();
    }

    @Test
    void theEndOfAnOlderConnectionSaysNothing() {
        // Given
        takeOver(0);
        allBeat(1);
        beat(3, 2);

        // When
        liveness.onDisconnected(3, 1, nowMs);
        List<Expired> after = runWithout(3, 1_900);

        // Then
        assertThat(after).isEmpty();
    }

    @Test
    void aHeartbeatOfAnOlderRegistrationSaysNothing() {
        // Given
        takeOver(0);
        liveness.onRegistering(3, 23, nowMs);
        run(1_000);

        // When
        boolean caughtUp = liveness.onHeartbeat(3, 13, 9, 1_000, nowMs);
        List<Expired> expired = runWithout(3, 1_000);

        // Then
        assertThat(caughtUp).isFalse();
        assertThat(expired).containsExactly(new Expired(3, 23, "it was silent"));
    }

    @Test
    void afterATakeOverEveryNodeHasAFullSessionAndTheFormerControllerLess() {
        // Given
        takeOver(2);

        // When
        List<Expired> first = runWithout(2, 3, 1_000);
        List<Expired> second = runWithout(2, 3, 999);
        List<Expired> third = runWithout(2, 3, 1);

        // Then
        assertThat(first).containsExactly(new Expired(2, 12, "it was silent"));
        assertThat(second).isEmpty();
        assertThat(third).containsExactly(new Expired(3, 13, "it was silent"));
    }

    @Test
    void whereNobodyListensNobodyLives() {
        // Given
        takeOver(0);

        // When
        liveness.onRefused(3, 13, nowMs);
        List<Expired> expired = runWithout(3, 100);

        // Then
        assertThat(expired).containsExactly(new Expired(3, 13, "its connection closed"));
    }

    @Test
    void aNodeThatWasHeardIsNotGone() {
        // Given
        takeOver(0);
        beat(3, 1);

        // When
        liveness.onRefused(3, 13, nowMs);
        List<Expired> expired = runWithout(3, 1_500);

        // Then
        assertThat(expired).isEmpty();
    }

    @Test
    void timeInWhichTheControllerDidNotRunDoesNotCount() {
        // Given
        takeOver(0);
        allBeat(1);
        run(500);

        // When: it stands still for a minute, and runs again.
        nowMs += 60_000;
        List<Expired> atOnce = liveness.expired(nowMs);
        liveness.nextDueMs(nowMs);
        List<Expired> later = runWithout(1, 2, 3, 1_000);
        List<Expired> afterItsSession = runWithout(1, 2, 3, 1_000);

        // Then
        assertThat(atOnce).isEmpty();
        assertThat(later).isEmpty();
        assertThat(afterItsSession).extracting(Expired::node).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void aNodeMayLeadWhenItHasTheMetadataOfItsRegistration() {
        // Given
        takeOver(0);
        liveness.onRegistering(3, 23, nowMs);
        boolean uncommitted = liveness.onHeartbeat(3, 23, 1, 1_000, nowMs);
        liveness.onRegistered(3, 23, 50);

        // When
        boolean behind = liveness.onHeartbeat(3, 23, 1, 49, nowMs);
        boolean there = liveness.onHeartbeat(3, 23, 1, 50, nowMs);

        // Then
        assertThat(uncommitted).isFalse();
        assertThat(behind).isTrue(); // It had more before: an index does not go back.
        assertThat(there).isTrue();
    }

    @Test
    void aNodeBehindItsRegistrationMayNotLead() {
        // Given
        takeOver(0);
        liveness.onRegistering(3, 23, nowMs);
        liveness.onRegistered(3, 23, 50);

        // When
        boolean behind = liveness.onHeartbeat(3, 23, 1, 49, nowMs);
        boolean there = liveness.onHeartbeat(3, 23, 1, 50, nowMs);

        // Then
        assertThat(behind).isFalse();
        assertThat(there).isTrue();
        assertThat(liveness.haveApplied(List.of(3), 50)).isTrue();
        assertThat(liveness.haveApplied(List.of(3), 51)).isFalse();
        assertThat(liveness.haveApplied(List.of(1, 3), 50)).isFalse();
    }

    @Test
    void aNodeThatComesAndGoesExpiresEachTime() {
        // Given
        takeOver(0);
        int expired = 0;

        // When
        for (int round = 0; round < 5; round++) {
            beat(3, round);
            liveness.onDisconnected(3, round, nowMs);
            expired += runWithout(3, 100).size();
        }

        // Then
        assertThat(expired).isEqualTo(5);
    }

    /// At index 40.
    private void takeOver(int formerController) {
        List<NodeImage> nodes = IntStream.rangeClosed(1, 3)
                .mapToObj(id -> new NodeImage(id, 10 + id, Uuid.ONE_UUID, List.of(), null, false))
                .toList();
        liveness.onTakeOver(nodes, formerController, 1_000, 40, nowMs);
    }

    private void beat(int node, long connection) {
        liveness.onHeartbeat(node, 10 + node, connection, 40, nowMs);
    }

    private void allBeat(long connection) {
        for (int node = 1; node <= 3; node++) beat(node, connection);
    }

    private List<Expired> run(int ms) {
        return run(ms, List.of());
    }

    private List<Expired> runWithout(int silent, int ms) {
        return run(ms, List.of(silent));
    }

    private List<Expired> runWithout(int silent, int silentToo, int ms) {
        return run(ms, List.of(silent, silentToo));
    }

    private List<Expired> runWithout(int silent, int silentToo, int andThis, int ms) {
        return run(ms, List.of(silent, silentToo, andThis));
    }

    /// A millisecond at a time; all nodes but the silent ones are heard all the time, and the controller looks when
    /// it is due.
    private List<Expired> run(int ms, List<Integer> silent) {
        List<Expired> expired = new ArrayList<>();
        long dueMs = liveness.nextDueMs(nowMs);
        long endMs = nowMs + ms;
        while (nowMs < endMs) {
            nowMs++;
            for (int node = 1; node <= 3; node++) {
                if (!silent.contains(node)) liveness.onHeartbeat(node, 10 + node, 100, 40, nowMs);
            }
            if (nowMs < dueMs) continue;
            expired.addAll(liveness.expired(nowMs));
            dueMs = liveness.nextDueMs(nowMs);
        }
        return expired;
    }
}
