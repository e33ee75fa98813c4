package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.PartitionImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class ReplicationThrottlesTest {
    private static final int SELF = 3;
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final ConfigResource OF_TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    private static final ConfigResource OF_NODE = new ConfigResource(ConfigResource.Type.BROKER, "3");

    private final ReplicationThrottles throttles = new ReplicationThrottles(SELF, Map.of(), ReplicationMeter.NONE);
    private ClusterImage image = ClusterImage.EMPTY;
    private long index;

    private void apply(Command... commands) {
        ImageDelta.Builder builder = new ImageDelta.Builder(image);
        for (Command command : commands) builder.apply(command);
        ImageDelta delta = builder.at(++index);
        image = delta.after();
        throttles.onImage(delta);
    }

    private static Command set(ConfigResource resource, String name, String value) {
        return new Command.SetConfig(resource, new TreeMap<>(Map.of(name, value)), List.of());
    }

    private static Command create(Uuid id, Map<String, String> configs) {
        PartitionImage partition = PartitionImage.fresh(List.of(SELF), List.of(SELF));
        return new Command.CreateTopic("orders", id, List.of(partition, partition), new TreeMap<>(configs));
    }

    /// Whether a rate of 0 holds the partition; it shows what is listed.
    private static boolean holds(ReplicationThrottle throttle, Uuid topic, int partition) {
        return throttle.holds(new ReplicaKey(topic, partition), 0);
    }

    @Test
    void onlyTheListedReplicasOfThisNodeAreHeld() {
        // Given
        apply(create(TOPIC, Map.of()), set(OF_NODE, "leader.replication.throttled.rate", "0"));

        // When
        apply(set(OF_TOPIC, "leader.replication.throttled.replicas", "0:2,1:3, 7:3"));

        // Then
        assertThat(holds(throttles.leader(), TOPIC, 0)).isFalse();
        assertThat(holds(throttles.leader(), TOPIC, 1)).isTrue();
        assertThat(holds(throttles.follower(), TOPIC, 1)).isFalse();
        assertThat(holds(throttles.leader(), Uuid.randomUuid(), 1)).isFalse();
    }

    @Test
    void aStarListsAllAndTheSidesAreApart() {
        // Given
        apply(set(OF_NODE, "follower.replication.throttled.rate", "0"));

        // When
        apply(create(TOPIC, Map.of("follower.replication.throttled.replicas", "*")));

        // Then
        assertThat(holds(throttles.follower(), TOPIC, 0)).isTrue();
        assertThat(holds(throttles.follower(), TOPIC, 1)).isTrue();
        assertThat(holds(throttles.leader(), TOPIC, 0)).isFalse();
    }

    @Test
    void settingsThatAreTakenBackHoldNothing() {
        // Given
        apply(
                create(TOPIC, Map.of("leader.replication.throttled.replicas", "*")),
                set(OF_NODE, "leader.replication.throttled.rate", "0"));
        assertThat(holds(throttles.leader(), TOPIC, 0)).isTrue();

        // When
        apply(new Command.SetConfig(OF_NODE, new TreeMap<>(), List.of("leader.replication.throttled.rate")));

        // Then
        assertThat(holds(throttles.leader(), TOPIC, 0)).isFalse();
    }

    @Test
    void anotherTopicOfTheSameNameIsNotListed() {
        // Given
        apply(
                create(TOPIC, Map.of("leader.replication.throttled.replicas", "*")),
                set(OF_NODE, "leader.replication.throttled.rate", "0"));
        Uuid other = Uuid.randomUuid();

        // When
        apply(new Command.DeleteTopic(TOPIC), create(other, Map.of()));

        // Then
        assertThat(holds(throttles.leader(), TOPIC, 0)).isFalse();
        assertThat(holds(throttles.leader(), other, 0)).isFalse();
    }

    @Test
    void theRateOfAllNodesCountsWhereANodeHasNone() {
        // Given
        apply(create(TOPIC, Map.of("leader.replication.throttled.replicas", "*")));

        // When
        apply(set(new ConfigResource(ConfigResource.Type.BROKER, ""), "leader.replication.throttled.rate", "0"));

        // Then
        assertThat(holds(throttles.leader(), TOPIC, 0)).isTrue();
        apply(set(OF_NODE, "leader.replication.throttled.rate", "1000"));
        assertThat(holds(throttles.leader(), TOPIC, 0)).isTrue();
        assertThat(throttles.leader().holds(new ReplicaKey(TOPIC, 0), 1_000)).isFalse();
    }

    @Test
    void whatIsCopiedCountsForAllReplicasTogether() {
        // Given
        apply(
                create(TOPIC, Map.of("leader.replication.throttled.replicas", "*")),
                set(OF_NODE, "leader.replication.throttled.rate", "1000"));

        // When
        throttles.leader().onCopied(new ReplicaKey(TOPIC, 0), 1_000, 0);

        // Then
        assertThat(throttles.leader().holds(new ReplicaKey(TOPIC, 1), 0)).isTrue();
        assertThat(throttles.leader().holds(new ReplicaKey(TOPIC, 1), 1)).isFalse();
    }
}
