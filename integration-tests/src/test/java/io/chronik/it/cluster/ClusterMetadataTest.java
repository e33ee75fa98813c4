package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One metadata log on three nodes: every node takes changes, and every node shows the same.
@Tag("cluster")
class ClusterMetadataTest {
    private static final int METADATA = 12;
    private static final int CRASHES = Boolean.getBoolean("it.nightly") ? 50 : 10;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private ClusterProcess cluster;

    @BeforeEach
    void start() {
        cluster = ClusterProcess.of(3, directory);
        cluster.start();
        cluster.awaitHealthy(3);
    }

    @AfterEach
    void stop() {
        cluster.close();
        cluster.delete();
    }

    /// The answer of each node that has it shows the topic at once: what a client is told is true where it was told.
    @Test
    void aProposalOnAnyNodeReachesTheLeaderAndIsSeenWhereItWasMade() {
        for (int id : cluster.ids()) {
            try (RawKafka kafka = cluster.raw(id)) {
                RawKafka.Topic topic = kafka.createTopicOnly("via-" + id, 2, 3, Map.of());
                MetadataResponseTopic seen = metadata(kafka, topic.name());
                assertThat(Errors.forCode(seen.errorCode())).isEqualTo(Errors.NONE);
                assertThat(seen.topicId()).isEqualTo(topic.id());
                assertThat(seen.partitions()).hasSize(2);
            }
        }
    }

    @Test
    void aTopicIsTheSameOnAllNodes() {
        String topic = cluster.createTopic("same", 3, 3, Map.of("retention.ms", "3600000"));
        for (int id : cluster.ids()) {
            try (RawKafka kafka = cluster.raw(id)) {
                MetadataResponseTopic seen = ClusterProcess.await("topic on node " + id)
                        .until(() -> metadata(kafka, topic), answer -> answer.errorCode() == 0);
                assertThat(seen.partitions())
                        .hasSize(3)
                        .allSatisfy(partition ->
                                assertThat(partition.replicaNodes()).containsExactlyInAnyOrder(1, 2, 3));
            }
        }
        MetadataDigests.assertEqual(cluster);
    }

    @Test
    void stateSurvivesARestartInAnyOrder() {
        String topic = cluster.createTopic("restarted", 3, 3);
        Produced produced = new Produced(topic, 3).add(cluster, 300);
        for (List<Integer> order : List.of(List.of(3, 1, 2), List.of(2, 3, 1), List.of(1, 2, 3))) {
            for (int id : cluster.ids()) {
                assertThat(cluster.node(id).terminate())
                        .as("exit code of node %d", id)
                        .isZero();
            }
            order.forEach(id -> {
                var _ = cluster.node(id).launch();
            });
            cluster.awaitHealthy(3);
        }
        produced.assertAllThere(cluster);
        MetadataDigests.assertEqual(cluster);
    }

    @Test
    void stateSurvivesKillingAllAtOnce() {
        String topic = cluster.createTopic("killed", 3, 3);
        Produced produced = new Produced(topic, 3);
        for (int round = 0; round < 3; round++) {
            produced.add(cluster, 300);
            cluster.ids().forEach(id -> cluster.node(id).kill());
            cluster.start();
            cluster.awaitHealthy(3);
        }
        produced.assertAllThere(cluster);
    }

    @Test
    void digestsAreEqualAfterManyCrashes() {
        long seed = Long.getLong("it.seed", System.nanoTime());
        System.out.println("cluster: metadata crashes, seed " + seed + ", " + CRASHES + " rounds");
        SplittableRandom random = new SplittableRandom(seed);
        int created = 0;
        for (int round = 0; round < CRASHES; round++) {
            int victim = random.nextInt(4) == 0 ? cluster.raftLeader() : 1 + random.nextInt(3);
            var answers = cluster.admin()
                    .createTopics(List.of(
                            new NewTopic("crash-" + created++, 3, (short) 3),
                            new NewTopic("crash-" + created++, 1, (short) 2)))
                    .all();
            LockSupport.parkNanos(random.nextLong(50_000_000));
            cluster.node(victim).kill();
            cluster.start();
            try {
                answers.toCompletionStage().toCompletableFuture().join();
            } catch (java.util.concurrent.CompletionException refused) {
                // Whether it was created or not, all nodes must say the same.
                assertThat(refused.getCause()).isInstanceOf(KafkaException.class);
            }
        }
        cluster.awaitHealthy(3);
        MetadataDigests.assertEqual(cluster);
        cluster.ids().forEach(id -> cluster.node(id).terminate());
        cluster.start();
        cluster.awaitHealthy(3);
        MetadataDigests.assertEqual(cluster);
    }

    private static MetadataResponseTopic metadata(RawKafka kafka, String topic) {
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(topic)))
                .setAllowAutoTopicCreation(false);
        return kafka.wire()
                .call(ApiKeys.METADATA, METADATA, request, MetadataResponseData.class)
                .topics()
                .iterator()
                .next();
    }
}
