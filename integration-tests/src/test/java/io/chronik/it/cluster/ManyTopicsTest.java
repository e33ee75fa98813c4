package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class ManyTopicsTest extends ClusterTestBase {
    private static final int TOPICS = 5_000;
    private static final int PER_REQUEST = 500;

    /// Three times the promise, as everything shares the machine with the tests.
    private static final long LIMIT_MS = 30_000;

    @Test
    void fiveThousandTopicsInTenSeconds() {
        long startNs = System.nanoTime();
        // One try each: the second of a client that did not wait finds the topics of the first.
        try (Admin patient = Clients.admin(cluster, "request.timeout.ms", 30_000)) {
            for (int first = 0; first < TOPICS; first += PER_REQUEST) {
                List<NewTopic> topics = new ArrayList<>();
                for (int i = first; i < first + PER_REQUEST; i++) {
                    topics.add(new NewTopic("many-" + i, 1, (short) 3));
                }
                Clients.get(patient.createTopics(topics).all());
            }
        }
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        System.out.println("cluster: " + TOPICS + " topics on three nodes in " + tookMs + " ms");
        cluster.awaitHealthy(3);
        MetadataDigests.assertEqual(cluster);
        assertThat(tookMs).isLessThan(LIMIT_MS);
    }
}
