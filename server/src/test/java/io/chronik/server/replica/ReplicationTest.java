package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.replication.Acks;
import io.chronik.replication.AppendOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {
    @TempDir
    Path directory;

    private ReplicaCluster cluster;

    @BeforeEach
    void open() {
        cluster = new ReplicaCluster(directory, 1_000, ReplicaFetchSettings.defaults());
    }

    @AfterEach
    void close() {
        cluster.close();
        assertThat(cluster.failures).isEmpty();
        assertThat(cluster.network.releasedTwice).hasValue(0);
    }

    private static void allCommitted(List<CompletableFuture<AppendOutcome>> appends) throws Exception {
        for (var append : appends) {
            assertThat(append.get(20, TimeUnit.SECONDS)).isInstanceOf(AppendOutcome.Committed.class);
        }
    }

    private static String text(int n) {
        return "record " + n + " ".repeat(n % 500);
    }

    @Test
    void whatIsAcknowledgedByAllIsEqualEverywhereByteByByte() throws Exception {
        // Given
        for (int partition = 0; partition < 4; partition++) cluster.create(partition, 2);

        // When
        List<CompletableFuture<AppendOutcome>> appends = new ArrayList<>();
        for (int n = 0; n < 2_000; n++) appends.add(cluster.append(1, n % 4, Acks.ALL, text(n), text(n + 1)));
        allCommitted(appends);

        // Then
        for (int partition = 0; partition < 4; partition++) {
            assertThat(cluster.node(1).partition(partition).view().highWatermark())
                    .isEqualTo(1_000);
            assertThat(cluster.replicasAreEqual(partition)).isTrue();
        }
        await().untilAsserted(() -> {
            for (int node = 1; node <= 3; node++) {
                assertThat(cluster.node(node).partition(0).view().highWatermark())
                        .isEqualTo(1_000);
            }
        });
        await().untilAsserted(() -> assertThat(cluster.network.framesHeld).hasValue(0));
    }

    @Test
    void aDeposedLeaderCutsWhatTheNewOneDoesNotHave() throws Exception {
        // Given
        cluster.create(0, 2);
        allCommitted(List.of(cluster.append(1, 0, Acks.ALL, "kept")));
        cluster.network.cutOff(1);
        assertThat(cluster.append(1, 0, Acks.LEADER, "lost", "lost too").get(20, TimeUnit.SECONDS))
                .isInstanceOf(AppendOutcome.Committed.class);

        // When
        cluster.elect(0, 2, 2, 3);
        allCommitted(List.of(cluster.append(2, 0, Acks.ALL, "instead")));
        cluster.network.heal(1);

        // Then
        await().until(() -> cluster.replicasAreEqual(0));
        assertThat(cluster.node(1).partition(0).view().log().endOffset()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(cluster.assignment(0).isr()).containsExactlyInAnyOrder(1, 2, 3));
    }

    @Test
    void aFollowerThatIsCutOffLeavesTheInSyncSetAndComesBack() throws Exception {
        // Given
        cluster.create(0, 2);
        allCommitted(List.of(cluster.append(1, 0, Acks.ALL, "first")));

        // When
        cluster.network.cutOff(3);
        CompletableFuture<AppendOutcome> waits = cluster.append(1, 0, Acks.ALL, "second");
        await().until(() -> {
            var leader = cluster.node(1).partition(0);
            leader.lane().execute(leader::checkIsr);
            return cluster.assignment(0).isr().equals(List.of(1, 2));
        });
        allCommitted(List.of(waits));
        cluster.network.heal(3);

        // Then
        await().untilAsserted(() -> assertThat(cluster.assignment(0).isr()).containsExactlyInAnyOrder(1, 2, 3));
        await().until(() -> cluster.replicasAreEqual(0));
    }

    @Test
    void manyChangesOfLeadersUnderLoadLoseNothingThatWasAcknowledged() throws Exception {
        // Given
        cluster.create(0, 2);
        int leader = 1;
        List<CompletableFuture<AppendOutcome>> acknowledged = new ArrayList<>();

        // When
        for (int round = 0; round < 30; round++) {
            for (int n = 0; n < 20; n++) acknowledged.add(cluster.append(leader, 0, Acks.ALL, text(n)));
            leader = 1 + round % 3;
            cluster.elect(0, leader, 1, 2, 3);
        }
        for (var append : acknowledged) append.get(20, TimeUnit.SECONDS);
        allCommitted(List.of(cluster.append(leader, 0, Acks.ALL, "last")));

        // Then
        await().until(() -> cluster.replicasAreEqual(0));
        long committed = acknowledged.stream()
                .filter(append -> append.join() instanceof AppendOutcome.Committed)
                .count();
        assertThat(cluster.node(1).partition(0).view().log().endOffset()).isGreaterThanOrEqualTo(committed + 1);
    }
}
