package io.chronik.coordinators;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.KRaftCoordinatorMetadataImage;
import org.junit.jupiter.api.Test;

class TopicMetadataTest {
    private final TopicMetadata metadata = new TopicMetadata();

    @Test
    void topicsComeWithTheirPartitionsAndRacks() {
        // Given
        TopicImage topic = topic("t", 3, 0);
        ClusterImage image = withRack(GroupNode.withTopic(ClusterImage.EMPTY, topic), "rack-1");

        // When
        TopicMetadata.Step step = metadata.advanceTo(image).orElseThrow();

        // Then
        var seen = new KRaftCoordinatorMetadataImage(step.image())
                .topicMetadata(topic.id())
                .orElseThrow();
        assertThat(seen.name()).isEqualTo("t");
        assertThat(seen.partitionCount()).isEqualTo(3);
        assertThat(seen.partitionRacks(2)).containsExactly("rack-1");
    }

    @Test
    void anElectionIsNoChange() {
        // Given
        TopicImage before = topic("t", 3, 0);
        ClusterImage image = GroupNode.withTopic(ClusterImage.EMPTY, before);
        assertThat(metadata.advanceTo(image)).isPresent();

        // When
        TopicImage after = new TopicImage("t", before.id(), topic("t", 3, 7).partitions());

        // Then
        assertThat(metadata.advanceTo(GroupNode.withTopic(image, after))).isEmpty();
        assertThat(metadata.advanceTo(GroupNode.withTopic(image, after))).isEmpty();
    }

    @Test
    void morePartitionsAreAChangeOfThatTopicOnly() {
        // Given
        TopicImage other = topic("other", 1, 0);
        TopicImage before = topic("t", 3, 0);
        ClusterImage image = GroupNode.withTopic(GroupNode.withTopic(ClusterImage.EMPTY, before), other);
        assertThat(metadata.advanceTo(image)).isPresent();

        // When
        TopicImage after = new TopicImage("t", before.id(), topic("t", 4, 0).partitions());
        TopicMetadata.Step step =
                metadata.advanceTo(GroupNode.withTopic(image, after)).orElseThrow();

        // Then
        assertThat(step.delta().topicsDelta().changedTopics()).containsOnlyKeys(before.id());
        assertThat(step.image().topics().getTopic("t").partitions()).hasSize(4);
        assertThat(step.image().topics().getTopic("other").partitions()).hasSize(1);
    }

    @Test
    void aTopicCreatedAnewIsDeletedAndCreated() {
        // Given
        TopicImage before = topic("t", 3, 0);
        ClusterImage image = GroupNode.withTopic(ClusterImage.EMPTY, before);
        assertThat(metadata.advanceTo(image)).isPresent();

        // When
        TopicImage after = topic("t", 1, 0);
        ClusterImage next = new ClusterImage(
                9,
                image.topicsByName().plus("t", after),
                image.topicsById().minus(before.id()).plus(after.id(), after),
                image.nodes(),
                image.configs(),
                0);
        TopicMetadata.Step step = metadata.advanceTo(next).orElseThrow();

        // Then
        assertThat(step.delta().topicsDelta().deletedTopicIds()).containsExactly(before.id());
        assertThat(step.delta().topicsDelta().createdTopicIds()).containsExactly(after.id());
        assertThat(step.image().topics().getTopic("t").id()).isEqualTo(after.id());
        assertThat(step.image().offset()).isEqualTo(9);
    }

    @Test
    void racksFollowTheirNodes() {
        // Given
        TopicImage topic = topic("t", 1, 0);
        ClusterImage image = GroupNode.withTopic(ClusterImage.EMPTY, topic);
        assertThat(metadata.advanceTo(withRack(image, "rack-1"))).isPresent();

        // When
        TopicMetadata.Step moved = metadata.advanceTo(withRack(image, "rack-2")).orElseThrow();
        TopicMetadata.Step gone = metadata.advanceTo(image).orElseThrow();

        // Then
        assertThat(racksOf(moved, topic)).containsExactly("rack-2");
        assertThat(racksOf(gone, topic)).isEmpty();
    }

    @Test
    void tenThousandPartitionsAreFollowedTopicByTopic() {
        // Given
        ClusterImage image = ClusterImage.EMPTY;
        int steps = 0;

        // When
        for (int i = 0; i < 1_000; i++) {
            image = GroupNode.withTopic(image, topic("t" + i, 10, 0));
            if (metadata.advanceTo(image).isPresent()) steps++;
        }

        // Then
        assertThat(steps).isEqualTo(1_000);
        assertThat(metadata.advanceTo(image)).isEmpty();
    }

    private static List<String> racksOf(TopicMetadata.Step step, TopicImage topic) {
        return new KRaftCoordinatorMetadataImage(step.image())
                .topicMetadata(topic.id())
                .orElseThrow()
                .partitionRacks(0);
    }

    private static ClusterImage withRack(ClusterImage image, String rack) {
        NodeImage node = new NodeImage(1, 1, Uuid.ONE_UUID, List.of(), rack, false);
        return new ClusterImage(
                image.appliedIndex() + 1,
                image.topicsByName(),
                image.topicsById(),
                image.nodes().plus(1, node),
                image.configs(),
                0);
    }

    private static TopicImage topic(String name, int partitionCount, int leaderEpoch) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            partitions.add(new PartitionImage(List.of(1), List.of(1), 1, leaderEpoch, leaderEpoch));
        }
        return new TopicImage(name, Uuid.randomUuid(), List.copyOf(partitions));
    }
}
