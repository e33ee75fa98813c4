package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.config.ClusterConfig;
import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.Formation.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterEntryTest {
    private static final HostPort OWN = new HostPort("host-1", 9093);
    private static final HostPort OTHER = new HostPort("host-2", 9093);

    @TempDir
    Path dataDir;

    private final TestLane lane = new TestLane();

    @AfterEach
    void close() {
        lane.close();
    }

    @Test
    void aNodeAloneFoundsUnderTheIdThatTheOperatorGave() {
        // When
        ClusterEntry entry = new ClusterEntry(1, cluster(Map.of(), List.of()), Optional.of("wanted"));
        NodeIdentity identity = enter(entry, address -> CompletableFuture.failedFuture(new AssertionError("asked")));

        // Then
        assertThat(identity.clusterId()).isEqualTo("wanted");
        assertThat(entry.raft("INTERNAL", OWN).bootstrap()).isEmpty();
        assertThat(entry.raft("INTERNAL", OWN).autoJoin()).isFalse();
    }

    @Test
    void whoComesAgainIsWhoItWas() {
        // Given
        ClusterEntry entry = new ClusterEntry(1, cluster(Map.of(1, OWN, 2, OTHER), List.of()), Optional.empty());
        NodeIdentity first = enter(entry, address -> answer(new Answer.Looking(2)));

        // When
        NodeIdentity second = enter(entry, address -> answer(new Answer.Member("another")));

        // Then
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aListedNodeLooksForTheOthersAndBecomesAVoter() {
        // When
        RaftSettings raft =
                new ClusterEntry(1, cluster(Map.of(1, OWN, 2, OTHER), List.of()), Optional.empty()).raft("IN", OWN);

        // Then
        assertThat(raft.autoJoin()).isTrue();
        assertThat(raft.address().getHostString()).isEqualTo("host-1");
        assertThat(raft.bootstrap()).singleElement().satisfies(address -> {
            assertThat(address.getHostString()).isEqualTo("host-2");
            assertThat(address.isUnresolved()).isTrue();
        });
        assertThat(raft.times()).isEqualTo(new RaftSettings.Times(0, 300, 100, 1_000, 200, 1_001, 20));
        assertThat(raft.sizes().fetchSnapshotBytes()).isEqualTo(2 << 20);
    }

    @Test
    void whoJoinsIsRefusedByTheWrongCluster() {
        // Given
        ClusterEntry entry = new ClusterEntry(3, cluster(Map.of(), List.of(OTHER)), Optional.of("ours"));

        // Then
        assertThatThrownBy(() -> enter(entry, address -> answer(new Answer.Member("theirs"))))
                .isInstanceOf(DataDirectoryRefused.class)
                .hasMessageContaining("theirs");
        assertThat(enter(entry, address -> answer(new Answer.Member("ours"))).clusterId())
                .isEqualTo("ours");
    }

    private NodeIdentity enter(ClusterEntry entry, ClusterSearch.Question others) {
        return entry.enter(
                new MetadataDirectory(dataDir), entry.raft("INTERNAL", OWN), others, ClusterEntryTest::nobody, lane);
    }

    private static CompletableFuture<Answer> answer(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static CompletableFuture<DescribeQuorumResponseData> nobody(HostPort address) {
        return CompletableFuture.failedFuture(new DisconnectException(address.toString()));
    }

    private static ClusterConfig cluster(Map<Integer, HostPort> founders, List<HostPort> members) {
        return new ClusterConfig(
                founders,
                members,
                3,
                250,
                2_000,
                100,
                true,
                30_000,
                true,
                new ClusterConfig.Quorum(0, 300, 100, 1_000, 200, 1 << 20, 2 << 20, 1_001, 20),
                new ClusterConfig.Replication(10_000, 1 << 20, 10 << 20, 500, 1_000, false));
    }
}
