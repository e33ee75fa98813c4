package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;

/// `chronik cluster` and `chronik node` against a cluster.
class NodeCommandTest extends ClusterTestBase {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @Test
    void statusShowsNodesQuorumAndTrouble() {
        String topic = cluster.createTopic("shown", 2, 3, Map.of("min.insync.replicas", "3"));
        String status = chronik("cluster", "status").expectSuccess().out();
        assertThat(status).contains("QUORUM", "leader", "voter", "UNDER-MIN-ISR       0", "active");
        chronik("cluster", "health").expectSuccess();

        int victim = cluster.others(cluster.raftLeader()).getFirst();
        cluster.node(victim).kill();
        ClusterProcess.await("node fenced").until(() -> !cluster.active().contains(victim));
        Command.Result health = chronik("cluster", "health", "-o", "json");
        assertThat(health.exitCode()).isEqualTo(1);
        assertThat(health.out()).contains("\"fenced\":[" + victim + "]", "\"underMinInSync\":[\"" + topic + "-0\"");
        assertThat(chronik("node", "list").expectSuccess().out()).contains("fenced");
    }

    @Test
    void drainedNodeHoldsNothing() {
        cluster.join(4, 1).start();
        String topic = cluster.createTopic("drained", 8, 3);
        Produced produced = new Produced(topic, 8).add(cluster, 800);

        Command.Result drained = chronik("node", "drain", "2", "--max-wait", "60");

        assertThat(drained.expectSuccess().out()).contains("node 2 drained");
        assertThat(holders(topic)).doesNotContain(2);
        assertThat(chronik("node", "list").expectSuccess().out()).contains("draining");
        produced.add(cluster, 80).assertAllThere(cluster);
        chronik("node", "drain", "2", "--cancel").expectSuccess();
        assertThat(chronik("node", "list").expectSuccess().out()).doesNotContain("draining");
    }

    @Test
    void removalThatWouldBreakMinInSyncIsRefusedByTopic() {
        String topic = cluster.createTopic("needed", 1, 3, Map.of("min.insync.replicas", "2"));
        cluster.node(2).kill();
        ClusterProcess.await("two in sync").until(() -> cluster.inSync(topic, 0).size() == 2);
        Command.Result refused = chronik("node", "remove", "3");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(topic, "min.insync.replicas");
        assertThat(cluster.inSync(topic, 0)).containsExactly(1, 3);
        assertThat(cluster.active()).contains(3);
    }

    @Test
    void deadNodeIsRemoved() {
        cluster.join(4, 1).start();
        String topic = cluster.createTopic("removed", 8, 3);
        Produced produced = new Produced(topic, 8).add(cluster, 800);
        cluster.node(3).kill();
        ClusterProcess.await("node 3 fenced").until(() -> !cluster.active().contains(3));

        chronik("node", "remove", "3", "--max-wait", "60").expectSuccess();

        assertThat(holders(topic)).doesNotContain(3);
        assertThat(chronik("node", "list").expectSuccess().out().lines()).hasSize(4);
        cluster.awaitInSync(topic);
        produced.add(cluster, 80).assertAllThere(cluster);
        assertThat(cluster.voters()).doesNotContain(3);
    }

    @Test
    void voterIsAddedAndRemoved() {
        cluster.join(4, 1).start();
        ClusterProcess.await("an observer")
                .until(() -> cluster.quorum().observers().stream().anyMatch(observer -> observer.replicaId() == 4));
        chronik("node", "add-voter", "4").expectSuccess();
        assertThat(cluster.voters()).containsExactly(1, 2, 3, 4);
        chronik("node", "remove-voter", "4").expectSuccess();
        assertThat(cluster.voters()).containsExactly(1, 2, 3);
        assertThat(chronik("node", "remove-voter", "4").exitCode()).isEqualTo(1);
    }

    private List<Integer> holders(String topic) {
        return cluster.describe(topic).partitions().stream()
                .flatMap(partition -> partition.replicas().stream().map(Node::id))
                .distinct()
                .toList();
    }

    private Command.Result chronik(String... arguments) {
        List<String> command = new ArrayList<>(NodeProcess.chronik());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-b", cluster.bootstrap()));
        return Command.run(LIMIT, command);
    }
}
