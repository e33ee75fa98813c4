package io.chronik.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.server.metrics.MetricsSource.Group;
import io.chronik.server.metrics.MetricsSource.Node;
import io.chronik.server.metrics.MetricsSource.Offset;
import io.chronik.server.metrics.MetricsSource.Partition;
import io.chronik.server.metrics.MetricsSource.Raft;
import io.chronik.server.metrics.MetricsSource.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
    private static final State STATE = new State(
            List.of(new Node(1, "127.0.0.1:9092")),
            List.of(
                    new Partition("a", 0, 1, 1, true, 1, 1, 1, 5, 100, 4096),
                    new Partition("a", 1, 1, 2, true, 3, 1, 2, 0, 20, 10),
                    new Partition("b", 0, -1, 1, false, 1, 1, 1, 0, 0, 0)),
            List.of(new Group("g", 2, List.of(new Offset("a", 0, 90, 100), new Offset("a", 1, 25, 20)))),
            true,
            2,
            0,
            0,
            new Raft(true, 1, 3, 41, 42));

    private static String scrape(NodeMetrics metrics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void partitionsAndGroupsHaveTheNamesOfKafkaExporter() throws Exception {
        assertThat(scrape(new NodeMetrics(() -> STATE)).lines())
                .contains(
                        "kafka_brokers 1.0",
                        "kafka_broker_info{address=\"127.0.0.1:9092\",id=\"1\"} 1",
                        "kafka_topic_partitions{topic=\"a\"} 2.0",
                        "kafka_topic_partition_current_offset{partition=\"0\",topic=\"a\"} 100.0",
                        "kafka_topic_partition_oldest_offset{partition=\"0\",topic=\"a\"} 5.0",
                        "kafka_topic_partition_in_sync_replica{partition=\"1\",topic=\"a\"} 1.0",
                        "kafka_topic_partition_leader_is_preferred{partition=\"1\",topic=\"a\"} 0.0",
                        "kafka_topic_partition_under_replicated_partition{partition=\"1\",topic=\"a\"} 1.0",
                        "kafka_consumergroup_current_offset{consumergroup=\"g\",partition=\"0\",topic=\"a\"} 90.0",
                        "kafka_consumergroup_lag{consumergroup=\"g\",partition=\"0\",topic=\"a\"} 10.0",
                        "kafka_consumergroup_lag{consumergroup=\"g\",partition=\"1\",topic=\"a\"} 0.0",
                        "kafka_consumergroup_lag_sum{consumergroup=\"g\",topic=\"a\"} 10.0",
                        "kafka_consumergroup_members{consumergroup=\"g\"} 2.0");
    }

    @Test
    void trafficHasTheNamesOfStrimzi() throws Exception {
        // Given
        NodeMetrics metrics = new NodeMetrics(() -> STATE);
        // When
        metrics.produced().onProduced("a", 1000);
        metrics.produced().onProduceFailed("a");
        metrics.fetched().onFetched("a", 300);
        metrics.network().onConnections("PLAINTEXT", 1);
        for (int i = 0; i < 100; i++) metrics.network().onAnswered(ApiKeys.PRODUCE, 50, 60, 1000, 5_000_000, 1000);
        metrics.onSyncRound(3, 5000, 300_000);
        // Then
        assertThat(scrape(metrics).lines())
                .contains(
                        "kafka_server_brokertopicmetrics_messagesin_total 120.0",
                        "kafka_server_brokertopicmetrics_messagesin_total{topic=\"a\"} 120.0",
                        "kafka_server_brokertopicmetrics_bytesin_total{topic=\"a\"} 1000.0",
                        "kafka_server_brokertopicmetrics_bytesout_total 300.0",
                        "kafka_server_brokertopicmetrics_failedproducerequests_total 1.0",
                        "kafka_server_replicamanager_underreplicatedpartitions 1.0",
                        "kafka_server_replicamanager_leadercount 2.0",
                        "kafka_controller_kafkacontroller_activecontrollercount 1.0",
                        "kafka_controller_kafkacontroller_offlinepartitionscount 1.0",
                        "kafka_server_replicamanager_offlinereplicacount 2.0",
                        "kafka_log_log_size{partition=\"0\",topic=\"a\"} 4096.0",
                        "kafka_server_socket_server_metrics_connection_count{listener=\"PLAINTEXT\",networkProcessor=\"all\"} 1.0",
                        "kafka_network_requestmetrics_totaltimems_count{request=\"Produce\"} 100",
                        "chronik_wal_fsync_seconds_count 1",
                        "chronik_group_commit_batch_bytes_sum 5000.0",
                        "chronik_group_commit_partitions_sum 3.0",
                        "chronik_storage_state 0.0");
        assertThat(scrape(metrics)).containsPattern("totaltimems\\{request=\"Produce\",quantile=\"0.99\"} [4-6]\\.");
    }

    @Test
    void theJvmAndTheProcessAreThere() throws Exception {
        assertThat(scrape(new NodeMetrics(() -> State.EMPTY)))
                .contains("jvm_memory_used_bytes{area=\"heap\"}")
                .contains("\njvm_threads_current ")
                .contains("\nprocess_open_fds ")
                .contains("\nprocess_cpu_seconds_total ")
                .contains("jvm_gc_collection_seconds_count{");
    }

    @Test
    void topicsBeyondTheBoundAreInTheSumsOnly() throws Exception {
        NodeMetrics metrics = new NodeMetrics(() -> State.EMPTY);
        IntStream.range(0, 5000).forEach(i -> metrics.produced().onProduced("t" + i, 1));
        String text = scrape(metrics);
        assertThat(text).contains("kafka_server_brokertopicmetrics_bytesin_total 5000.0");
        assertThat(text.lines().filter(line -> line.startsWith("kafka_server_brokertopicmetrics_bytesin_total{")))
                .hasSizeLessThanOrEqualTo(2000);
    }

    @Test
    void quantilesAreInterpolatedWithinTheirBucket() {
        Distribution values = Distribution.exponential(1000, 2, 10);
        assertThat(values.quantile(0.5, values.counts())).isZero();
        for (int i = 0; i < 100; i++) values.observe(1500);
        values.observe(1_000_000_000);
        assertThat(values.quantile(0.5, values.counts())).isBetween(1000.0, 2000.0);
        assertThat(values.quantile(1, values.counts())).isEqualTo(512_000);
        assertThat(values.sum()).isEqualTo(1_000_150_000);
    }
}
