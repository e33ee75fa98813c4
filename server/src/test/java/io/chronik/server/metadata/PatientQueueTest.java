package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.raft.RaftRequest;
import org.junit.jupiter.api.Test;

class PatientQueueTest {
    private final PatientQueue queue = new PatientQueue();

    @Test
    void whoAsksAgainAndAgainInVainWaits() {
        // Given
        for (int i = 0; i < PatientQueue.IN_VAIN; i++) assertThat(queue.poll(0)).isEmpty();

        // When
        long startNs = System.nanoTime();
        for (int i = 0; i < 50; i++) assertThat(queue.poll(0)).isEmpty();

        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - startNs).toMillis())
                .isGreaterThanOrEqualTo(50 * PatientQueue.WAIT_MS / 2);
    }

    @Test
    void messagesComeInOrderAndAtOnce() {
        // Given
        for (int i = 0; i < 100; i++) assertThat(queue.poll(0)).isEmpty();
        var _ = queue.add(message(1));
        var _ = queue.add(message(2));

        // Then
        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.poll(0).orElseThrow().message().correlationId()).isEqualTo(1);
        assertThat(queue.poll(1_000).orElseThrow().message().correlationId()).isEqualTo(2);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aWakeUpEndsAWait() {
        // Given
        queue.wakeup();

        // When
        long startNs = System.nanoTime();
        assertThat(queue.poll(60_000)).isEmpty();

        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(30));
    }

    private static RaftRequest.Inbound message(int correlationId) {
        return new RaftRequest.Inbound(
                ListenerName.normalised("INTERNAL"), correlationId, (short) 0, new VoteRequestData(), 0);
    }
}
