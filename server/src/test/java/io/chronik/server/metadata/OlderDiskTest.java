package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.RaftCluster.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A voter whose disk is set back to an earlier state.
class OlderDiskTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path root;

    @Test
    void aDiskThatForgotWhatItAcknowledgedGivesUpItsSeatAndGetsANewOne() throws Exception {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member voter = setBack(cluster);

            // When
            NodeIdentity identity = DiskAge.check(
                    voter.identity, opened(voter), RaftCluster.settings(voter.id), address -> ask(cluster, address));

            // Then
            assertThat(identity.directoryId()).isNotEqualTo(voter.identity.directoryId());
            Member fresh = cluster.start(voter.id, false);
            await().atMost(SOON).until(fresh.directory::wasVoter);
            cluster.awaitEqualDigests();
            assertThat(QuorumRequests.describe(cluster.leader()).currentVoters())
                    .anySatisfy(state -> assertThat(state.replicaDirectoryId()).isEqualTo(identity.directoryId()));
        }
    }

    @Test
    void aDiskThatHasAllItHadKeepsItsSeat() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            cluster.awaitEqualDigests();
            Member voter = cluster.followers().getLast();
            cluster.stop(voter.id);

            // When
            NodeIdentity identity = DiskAge.check(
                    voter.identity, opened(voter), RaftCluster.settings(voter.id), address -> ask(cluster, address));

            // Then
            assertThat(identity).isEqualTo(voter.identity);
        }
    }

    @Test
    void whenNobodyCanBeAskedTheNodeStartsAsItIs() throws Exception {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member voter = setBack(cluster);

            // When
            NodeIdentity identity = DiskAge.check(
                    voter.identity,
                    opened(voter),
                    RaftCluster.settings(voter.id),
                    address -> CompletableFuture.failedFuture(new DisconnectException("refused")));

            // Then
            assertThat(identity).isEqualTo(voter.identity);
        }
    }

    @Test
    void theLogKnowsItsEndAndTheOtherVoters() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            cluster.awaitEqualDigests();
            Member voter = cluster.followers().getFirst();
            long applied = voter.host.appliedIndex();
            cluster.stop(voter.id);

            // When
            RecoveredLog log = RecoveredLog.read(voter.identity, opened(voter), RaftCluster.settings(voter.id));

            // Then
            assertThat(log.endOffset()).isGreaterThan(applied);
            assertThat(log.otherVoters()).hasSize(2).doesNotContain(RaftCluster.address(voter.id));
        }
    }

    /// A follower that has stopped, with the disk it had some entries before.
    private Member setBack(RaftCluster cluster) throws Exception {
        cluster.awaitEqualDigests();
        Member voter = cluster.followers().getLast();
        cluster.stop(voter.id);
        Path disk = root.resolve("node-" + voter.id);
        Path backup = root.resolve("backup");
        copy(disk, backup);
        cluster.restart(voter.id);
        for (int i = 0; i < 20; i++) cluster.leader().set("key-" + i, "value").join();
        cluster.awaitEqualDigests();
        long end = cluster.member(voter.id).host.appliedIndex() + 1;
        await().atMost(SOON)
                .until(() -> QuorumRequests.describe(cluster.leader()).currentVoters().stream()
                        .anyMatch(state -> state.replicaId() == voter.id && state.logEndOffset() >= end));
        cluster.stop(voter.id);
        delete(disk);
        copy(backup, disk);
        return voter;
    }

    private MetadataDirectory opened(Member voter) {
        MetadataDirectory directory = new MetadataDirectory(root.resolve("node-" + voter.id));
        assertThat(directory.identity(voter.id)).contains(voter.identity);
        return directory;
    }

    private static CompletableFuture<DescribeQuorumResponseData> ask(RaftCluster cluster, HostPort address) {
        List<Member> there = cluster.members().stream()
                .filter(member -> RaftCluster.address(member.id).equals(address))
                .toList();
        return there.isEmpty()
                ? CompletableFuture.failedFuture(new DisconnectException("refused"))
                : CompletableFuture.completedFuture(QuorumRequests.quorum(there.getFirst()));
    }

    private static void copy(Path from, Path to) throws Exception {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList())
                Files.copy(file, to.resolve(from.relativize(file).toString()));
        }
    }

    private static void delete(Path directory) throws Exception {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
        }
    }
}
