package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/// A node that has much to catch up does not take the time of the partitions that are in use.
class CatchUpTest extends ClusterTestBase {
    private static final int MEGABYTES = 300;
    private static final long LIMIT_MS = 1_500;

    @Test
    void catchingUpDoesNotStarveLiveTraffic() {
        String live = cluster.createTopic("live", 1, 3);
        String bulk = cluster.createTopic("bulk", 3, 3);
        int behind = cluster.others(cluster.leaderOf(live, 0)).getLast();
        cluster.node(behind).terminate();
        fill(bulk);
        try (AckClock clock = new AckClock(cluster, live, 0)) {
            clock.awaitAck();
            long fromNs = System.nanoTime();
            cluster.start();
            cluster.awaitInSync(bulk);
            clock.awaitAck();
            long gapMs = clock.longestGapMs(fromNs);
            System.out.println(
                    "cluster: while " + MEGABYTES + " MB were caught up, the longest gap was " + gapMs + " ms");
            assertThat(gapMs).isLessThan(LIMIT_MS);
            assertThat(clock.failure()).isNull();
        }
    }

    private void fill(String topic) {
        byte[] value = new byte[100_000];
        try (KafkaProducer<byte[], byte[]> producer = Clients.byteProducer(cluster, "acks", "all", "linger.ms", 5)) {
            List<Future<RecordMetadata>> answers = new ArrayList<>();
            for (int i = 0; i < MEGABYTES * 10; i++) {
                answers.add(producer.send(new ProducerRecord<>(topic, i % 3, null, value)));
            }
            producer.flush();
            answers.forEach(Clients::get);
        }
    }
}
