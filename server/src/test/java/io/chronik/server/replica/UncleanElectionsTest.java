package io.chronik.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.PartitionImage;
import io.chronik.server.metrics.MetricsSource;
import io.chronik.server.metrics.NodeMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class UncleanElectionsTest {
    private static final Uuid TOPIC = Uuid.randomUuid();

    private final NodeMetrics metrics = new NodeMetrics(() -> MetricsSource.State.EMPTY);
    private final UncleanElections elections = new UncleanElections(1, metrics.replication());
    private ClusterImage image = ClusterImage.EMPTY;

    private void apply(Command command) {
        ImageDelta.Builder builder = new ImageDelta.Builder(image);
        builder.apply(command);
        ImageDelta delta = builder.at(image.appliedIndex() + 1);
        image = delta.after();
        elections.onImage(delta);
    }

    private static Command election(int leader, int epoch, boolean unclean) {
        return new Command.SetPartitionLeader(List.of(new Command.SetPartitionLeader.TopicElections(
                TOPIC, List.of(new Command.Election(0, leader, List.of(leader), epoch, epoch, unclean)))));
    }

    private String counted() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.write(page);
        return page.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("kafka_controller_controllerstats_uncleanleaderelections_total "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void onlyUncleanElectionsOfThisNodeCountAndOnlyOnce() throws IOException {
        // Given
        apply(new Command.CreateTopic(
                "orders", TOPIC, List.of(PartitionImage.fresh(List.of(2, 1), List.of(2, 1))), new TreeMap<>()));

        // When
        apply(election(2, 1, true));
        apply(election(1, 2, false));
        apply(election(1, 3, true));
        apply(election(1, 4, false));
        elections.onImage(ImageDelta.whole(ClusterImage.EMPTY, image));

        // Then
        assertThat(counted()).endsWith(" 1.0");
    }
}
