package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A replica that is filled is held to the operator's rate, and one that is in sync is not.
class ReplicationThrottleTest extends ClusterTestBase {
    private static final int MEGABYTES = 8;
    private static final int RATE = 1_000_000;

    @ParameterizedTest
    @ValueSource(strings = {"leader", "follower"})
    void onlyWhatIsNotInSyncIsSlow(String side) {
        String topic = cluster.createTopic("throttled", 1, 1);
        int leader = cluster.leaderOf(topic, 0);
        int newcomer = cluster.others(leader).getFirst();
        fill(topic);
        int throttled = side.equals("leader") ? leader : newcomer;
        set(ConfigResource.Type.TOPIC, topic, side + ".replication.throttled.replicas", "0:" + throttled);
        set(
                ConfigResource.Type.BROKER,
                Integer.toString(throttled),
                side + ".replication.throttled.rate",
                Integer.toString(RATE));

        long moveMs = ms(() -> Reassigning.move(cluster, topic, 0, List.of(leader, newcomer)));
        long inSyncMs = ms(() -> fill(topic));

        System.out.println("cluster: " + side + " held to 1 MB/s: " + MEGABYTES + " MB to a new replica in " + moveMs
                + " ms, to one in sync in " + inSyncMs + " ms");
        // A second's worth may be saved, and one fetch may go beyond.
        assertThat(moveMs).isGreaterThan(TimeUnit.SECONDS.toMillis(MEGABYTES - 3));
        assertThat(inSyncMs).isLessThan(TimeUnit.SECONDS.toMillis(MEGABYTES - 3));
        cluster.ids().forEach(id -> cluster.node(id).terminate());
        ReplicaFiles.assertIdentical(cluster, topic, 0, List.of(leader, newcomer));
    }

    private static long ms(Runnable work) {
        long fromNs = System.nanoTime();
        work.run();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNs);
    }

    private void set(ConfigResource.Type type, String name, String setting, String value) {
        AlterConfigOp op = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        Clients.get(cluster.admin()
                .incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(op)))
                .all());
    }

    private void fill(String topic) {
        byte[] value = new byte[100_000];
        try (KafkaProducer<byte[], byte[]> producer = Clients.byteProducer(cluster, "acks", "all")) {
            List<Future<RecordMetadata>> answers = new ArrayList<>();
            for (int i = 0; i < MEGABYTES * 10; i++)
                answers.add(producer.send(new ProducerRecord<>(topic, 0, null, value)));
            producer.flush();
            answers.forEach(Clients::get);
        }
    }
}
