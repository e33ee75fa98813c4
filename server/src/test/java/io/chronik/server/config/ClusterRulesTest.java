package io.chronik.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronik.metadata.config.KafkaConfigCatalog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which nodes form a cluster, whom a node joins, and what is refused.
class ClusterRulesTest {
    private static final String THREE = "controller.quorum.voters=1@127.0.0.1:9093,2@127.0.0.1:9193,3@127.0.0.1:9293";
    private static final String ALLOW = "chronik.insecure.listener.allow=true";

    private static NodeConfig load(String... settings) {
        return new NodeConfigLoader(new KafkaConfigCatalog()).load(null, Map.of(), List.of(settings), StartFlags.NONE);
    }

    @Test
    void aNodeWithoutConfigurationFoundsACluster() {
        NodeConfig config = load();
        assertThat(config.cluster().foundsAlone()).isTrue();
        assertThat(config.cluster().heartbeatMs()).isEqualTo(400);
        assertThat(config.cluster().sessionTimeoutMs()).isEqualTo(2_000);
        assertThat(config.cluster().quorum().fetchTimeoutMs()).isEqualTo(1_000);
        assertThat(config.cluster().replication().lagTimeMaxMs()).isEqualTo(10_000);
        assertThat(config.cluster().replication().rackAware()).isTrue();
    }

    @Test
    void threeFoundersAreReadAndTheLowestFounds() {
        NodeConfig config = load(THREE, "node.id=2", "chronik.internal.listener=127.0.0.1:9193");
        assertThat(config.cluster().foundsAlone()).isFalse();
        assertThat(config.cluster().founder()).isEqualTo(1);
        assertThat(config.cluster().founders().keySet()).containsExactly(1, 2, 3);
        assertThat(config.listeners().internal().advertised()).isEqualTo(new HostPort("127.0.0.1", 9193));
    }

    @Test
    void aNodeJoinsTheMembersThatAreNotItself() {
        NodeConfig joins = load("node.id=4", "controller.quorum.bootstrap.servers=127.0.0.1:9193,[::1]:9393");
        assertThat(joins.cluster().members())
                .containsExactly(new HostPort("127.0.0.1", 9193), new HostPort("::1", 9393));
        assertThat(joins.cluster().foundsAlone()).isFalse();
        // Kafka's sample file names itself.
        assertThat(load("controller.quorum.bootstrap.servers=localhost:9093")
                        .cluster()
                        .foundsAlone())
                .isTrue();
    }

    @Test
    void theInternalListenerCanBeAdvertised() {
        NodeConfig config = load(
                ALLOW,
                "chronik.internal.listener=0.0.0.0:9093",
                "advertised.listeners=PLAINTEXT://n1:9092,CONTROLLER://n1:9093");
        assertThat(config.listeners().internal().advertised()).isEqualTo(new HostPort("n1", 9093));
    }

    @Test
    void foundersOnOtherMachinesNeedAReachableAddress() {
        String founders = "controller.quorum.voters=1@10.0.0.1:9093,2@10.0.0.2:9093";
        assertThat(load(founders, ALLOW, "listeners=PLAINTEXT://:9092", "chronik.internal.listener=0.0.0.0:9093")
                        .listeners()
                        .internal()
                        .advertised())
                .isEqualTo(new HostPort("10.0.0.1", 9093));
        assertThat(problem(founders)).contains("other machines can not reach").contains("--internal");
    }

    @Test
    void clientsOfOtherMachinesNeedAReachableAddress() {
        String joins = "controller.quorum.bootstrap.servers=10.0.0.1:9093";
        assertThat(problem("node.id=2", joins, ALLOW, "chronik.internal.listener=0.0.0.0:9093"))
                .contains("listener PLAINTEXT", "127.0.0.1:9092", "--listen");
        assertThat(problem(
                        "controller.quorum.voters=1@10.0.0.1:9093,2@10.0.0.2:9093",
                        ALLOW,
                        "listeners=PLAINTEXT://0.0.0.0:9092",
                        "advertised.listeners=PLAINTEXT://localhost:9092",
                        "chronik.internal.listener=0.0.0.0:9093"))
                .contains("localhost:9092");
        assertThat(load("node.id=2", joins, ALLOW, "listeners=PLAINTEXT://10.0.0.2:9092")
                        .cluster()
                        .members())
                .hasSize(1);
        // All on this machine: clients are too.
        assertThat(load("node.id=2", "controller.quorum.bootstrap.servers=127.0.0.1:9193")
                        .cluster()
                        .members())
                .hasSize(1);
    }

    @Test
    void whereConsumersReadFromIsAsked() {
        String selector = "replica.selector.class=org.apache.kafka.common.replica.";
        assertThat(load(selector + "LeaderSelector").cluster().replication().rackAware())
                .isFalse();
        assertThat(load(selector + "RackAwareReplicaSelector")
                        .cluster()
                        .replication()
                        .rackAware())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1@127.0.0.1:9093,1@127.0.0.1:9193 | names node 1 twice
            1@127.0.0.1:9093,2@127.0.0.1:9093 | are both at 127.0.0.1:9093
            1@127.0.0.1:9093,x@127.0.0.1:9193 | is not id@host:port
            1@127.0.0.1:9093,2@0.0.0.0:9193   | is not id@host:port
            2@127.0.0.1:9193,3@127.0.0.1:9293 | does not name this node, 1
            1@127.0.0.1:9193,2@127.0.0.1:9293 | is on port 9093
            1@127.0.0.1:9093,2@10.0.0.2:9093  | which nodes on other machines can not reach
            """)
    void aListThatCanNotWorkIsRefused(String voters, String expected) {
        assertThat(problem("controller.quorum.voters=" + voters)).contains(expected);
    }

    @Test
    void formingAndJoiningAtOnceIsRefused() {
        assertThat(problem(THREE, "controller.quorum.bootstrap.servers=127.0.0.1:9993"))
                .contains("use one of them");
    }

    @Test
    void heartbeatsMustFitIntoTheSession() {
        assertThat(problem("broker.heartbeat.interval.ms=1500")).contains("at most half");
    }

    private static String problem(String... settings) {
        ConfigProblem problem = catchThrowableOfType(ConfigProblem.class, () -> load(settings));
        assertThat(problem.lines()).hasSize(1);
        return problem.lines().getFirst();
    }
}
