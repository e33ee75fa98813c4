package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.server.metadata.RaftCluster.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The metadata quorum of several nodes, in one process.
class RaftClusterTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path root;

    @Test
    void freshNodesBecomeVotersAndApplyTheSame() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // When
            Member leader = cluster.leader();
            List<CompletableFuture<Long>> proposals = new ArrayList<>();
            for (int i = 0; i < 100; i++) proposals.add(leader.set("key-" + i, "value"));
            proposals.forEach(proposal -> assertThat(proposal).succeedsWithin(SOON));

            // Then
            cluster.awaitEqualDigests();
            for (Member member : cluster.members()) {
                assertThat(member.host.leader()).isEqualTo(leader.host.leader());
                assertThat(member.image().nodes()).hasSize(3);
            }
        }
    }

    @Test
    void whoDoesNotLeadRefusesProposals() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // When
            CompletableFuture<Long> refused = cluster.followers().getFirst().set("key", "value");

            // Then
            assertThat(refused).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(NotControllerException.class);
        }
    }

    /// What a controller's answer rests on: the image reaches the last committed entry, whatever kind it is.
    @Test
    void theImageReachesTheHighWatermarkEvenWhenTheLastEntryIsRaftsOwn() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // When
            long highWatermark = QuorumRequests.describe(cluster.leader()).highWatermark();

            // Then
            for (Member member : cluster.members()) {
                assertThat(member.host.applied(highWatermark - 1)).succeedsWithin(SOON);
            }
        }
    }

    @Test
    void aKilledLeaderIsReplacedAtOnce() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            List<Long> tookMs = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                // Given
                cluster.awaitEqualDigests();
                Member leader = cluster.leader();
                int epoch = leader.epoch();

                // When
                long startNs = System.nanoTime();
                cluster.kill(leader.id);
                Member next = cluster.leader();

                // Then
                tookMs.add(Duration.ofNanos(System.nanoTime() - startNs).toMillis());
                assertThat(next.epoch()).isGreaterThan(epoch);
                cluster.awaitEqualDigests();
                cluster.restart(leader.id);
            }
            // One round may meet a pause of the machine; silence would take a second each time.
            tookMs.sort(null);
            assertThat(tookMs.get(tookMs.size() / 2)).as("of %s", tookMs).isLessThan(300);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void aSilentLeaderIsReplacedAfterTheFetchTimeout() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member leader = cluster.leader();

            // When
            cluster.silence(leader.id);
            Member next = cluster.leader();

            // Then
            assertThat(next.id).isNotEqualTo(leader.id);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void aHintThatIsWrongChangesNothing() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            cluster.awaitEqualDigests();
            MetadataLog.Leader leader = cluster.leader().host.leader();

            // When
            cluster.followers().getFirst().host.onLeaderGone(leader);
            for (int i = 0; i < 20; i++)
                cluster.leader().set("key", String.valueOf(i)).join();

            // Then
            for (Member member : cluster.members())
                assertThat(member.host.leader()).isEqualTo(leader);
        }
    }

    /// What the succession rests on: see [Succession].
    @Test
    void aFollowerThatHasHeardItsLeaderRefusesToBeginAnElection() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            cluster.awaitEqualDigests();
            int epoch = cluster.leader().epoch();

            // Then
            for (Member member : cluster.members()) {
                int another = member.id % 3 + 1;
                assertThat(QuorumRequests.preVote(member, epoch, another)).isFalse();
            }
        }
    }

    @Test
    void whatIsCommittedSurvivesTheEndOfAllNodes() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            for (int i = 0; i < 50; i++)
                cluster.leader().set("key-" + i, "value").join();
            int epoch = cluster.leader().epoch();

            // When
            for (Member member : cluster.members()) cluster.kill(member.id);
            for (int id = 3; id >= 1; id--) cluster.restart(id);

            // Then
            cluster.awaitEqualDigests();
            assertThat(cluster.leader().epoch()).isGreaterThan(epoch);
            assertThat(cluster.leader().image().configs().values().iterator().next())
                    .hasSize(51);
        }
    }

    @Test
    void aLeaderResignsInFavourOfAnother() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member leader = cluster.leader();
            int epoch = leader.epoch();

            // When
            leader.host.resign(epoch - 1);
            assertThat(leader.leads()).isTrue();
            leader.host.resign(epoch);

            // Then
            await().atMost(SOON).until(() -> cluster.leader().epoch() > epoch);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void anObserverFollowsAndDoesNotVote() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // When
            Member observer = cluster.start(4, false);
            String digest = cluster.awaitEqualDigests();

            // Then
            assertThat(digest).isNotEmpty();
            assertThat(observer.host.voterAddress(4)).isEmpty();
            assertThat(observer.host.voterAddress(2)).contains(RaftCluster.address(2));
            assertThat(observer.directory.wasVoter()).isFalse();
        }
    }

    /// Nobody looks for it, and the members that it once was told of are gone.
    @Test
    void anObserverFindsTheVotersThatItKnewWhenItStopped() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            cluster.start(4, false);
            cluster.awaitEqualDigests();
            cluster.stop(4);

            // When
            cluster.start(4, false, List.of());

            // Then
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void snapshotsAreWrittenWhileRunningAndAFarBehindFollowerGetsOne() throws Exception {
        RaftSettings.Sizes small = new RaftSettings.Sizes(20, 64 << 10, 64 << 10);
        try (RaftCluster cluster = RaftCluster.of(root, 3, small)) {
            // Given
            Member behind = cluster.followers().getFirst();
            cluster.kill(behind.id);
            String big = "v".repeat(8 << 10);
            for (int i = 0; i < 60; i++) cluster.leader().set("key-" + i, big).join();
            Member leader = cluster.leader();
            await().atMost(SOON).until(() -> !files(leader).contains("00000000000000000000.log"));

            // When
            cluster.restart(behind.id);

            // Then
            cluster.awaitEqualDigests();
            assertThat(cluster.wire.sent(ApiKeys.FETCH_SNAPSHOT)).isPositive();
        }
    }

    @Test
    void aRemovedVoterStaysRemovedAndAnotherTakesItsPlace() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member removed = cluster.followers().getLast();
            await().atMost(SOON).until(removed.directory::wasVoter);

            // When
            assertThat(QuorumRequests.remove(cluster.leader(), removed)).isEqualTo(Errors.NONE);
            cluster.start(4, true);

            // Then
            int[] expected = cluster.members().stream()
                    .mapToInt(member -> member.id)
                    .filter(id -> id != removed.id)
                    .toArray();
            cluster.awaitVoters(expected);
            cluster.stop(removed.id);
            cluster.restart(removed.id);
            int joins = cluster.wire.sent(ApiKeys.ADD_RAFT_VOTER);
            cluster.awaitEqualDigests();
            await().during(Duration.ofMillis(1_500))
                    .atMost(SOON)
                    .until(() -> cluster.wire.sent(ApiKeys.ADD_RAFT_VOTER) == joins);
            cluster.awaitVoters(expected);
        }
    }

    @Test
    void aVoterWithAnEmptyDiskTakesItsPlaceAgain() throws Exception {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member lost = cluster.followers().getLast();
            cluster.stop(lost.id);
            try (var files = Files.walk(root.resolve("node-" + lost.id))) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
            }

            // When
            Member fresh = cluster.start(lost.id, false);

            // Then
            await().atMost(SOON).until(fresh.directory::wasVoter);
            cluster.awaitVoters(1, 2, 3);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void aVoteIsNotGivenTwiceAcrossARestart() {
        try (RaftCluster cluster = RaftCluster.of(root, 3)) {
            // Given
            Member voter = cluster.followers().getFirst();
            for (Member other : cluster.members()) {
                if (other != voter) cluster.kill(other.id);
            }
            int epoch = voter.host.leader().epoch() + 1_000;
            assertThat(QuorumRequests.vote(voter, epoch, 7)).isTrue();

            // When
            cluster.kill(voter.id);
            Member again = cluster.restart(voter.id);

            // Then
            assertThat(QuorumRequests.vote(again, epoch, 8)).isFalse();
            assertThat(QuorumRequests.vote(again, epoch, 7)).isTrue();
        }
    }

    private static List<String> files(Member member) throws Exception {
        try (var files = Files.list(member.directory.log())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
