package io.chronik.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ImageSnapshotTest {
    @Test
    void replayedItMakesAnEqualImageAfterEachCommand() {
        // Given
        ClusterImage image = ClusterImage.EMPTY;
        for (Command command : SampleCommands.all()) {
            image = image.apply(command);

            // When
            ClusterImage replayed = replay(image);

            // Then
            assertThat(replayed).isEqualTo(image);
            assertThat(ImageDigest.of(replayed)).isEqualTo(ImageDigest.of(image));
        }
    }

    @Test
    void aTopicTooLargeForOneCommandIsSplit() {
        // Given
        List<PartitionImage> partitions = IntStream.range(0, 25_001)
                .mapToObj(i -> new PartitionImage(List.of(1), List.of(1), 1, i, i))
                .toList();
        List<Command> created = new ArrayList<>();
        ImageSnapshot.create("huge", Uuid.METADATA_TOPIC_ID, partitions, new TreeMap<>(), created::add);
        ClusterImage image = applyAll(created);

        // When
        ClusterImage replayed = replay(image);

        // Then
        assertThat(created).hasSize(3);
        assertThat(replayed.topic("huge").orElseThrow().partitions()).isEqualTo(partitions);
    }

    @Test
    void theDigestDependsOnTheStateAndNotOnHowItCameAbout() {
        // Given
        Command first = new Command.CreateTopic("a", new Uuid(1, 1), List.of(), new TreeMap<>());
        Command second = new Command.CreateTopic("b", new Uuid(1, 2), List.of(), new TreeMap<>());

        // When
        String oneWay = ImageDigest.of(applyAll(List.of(first, second)));
        String theOther = ImageDigest.of(applyAll(List.of(second, first)));
        String less = ImageDigest.of(applyAll(List.of(first)));

        // Then
        assertThat(oneWay).isEqualTo(theOther).isNotEqualTo(less);
    }

    @Test
    void anImageSharesWhatDidNotChangeWithTheOneBefore() {
        // Given
        ClusterImage before = applyAll(SampleCommands.all().subList(0, 7));

        // When
        ClusterImage after = before.apply(new Command.UpdateIsr(SampleCommands.ORDERS, 0, List.of(1, 3), 0, 1));

        // Then
        TopicImage orders = after.topic("orders").orElseThrow();
        assertThat(orders.partitions().get(1))
                .isSameAs(before.topic("orders").orElseThrow().partitions().get(1));
        assertThat(after.topic("payments"))
                .containsSame(before.topic("payments").orElseThrow());
    }

    private static ClusterImage replay(ClusterImage image) {
        List<Command> snapshot = new ArrayList<>();
        ImageSnapshot.write(image, snapshot::add);
        return applyAll(snapshot).at(image.appliedIndex());
    }

    private static ClusterImage applyAll(List<Command> commands) {
        ClusterImage image = ClusterImage.EMPTY;
        for (Command command : commands) image = image.apply(command);
        return image;
    }
}
