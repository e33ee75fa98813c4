package io.chronik.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaIndexTest {
    @Test
    void afterEachCommandItIsWhatTheTopicsSay() {
        // Given
        ClusterImage image = ClusterImage.EMPTY;

        for (Command command : SampleCommands.all()) {
            // When
            image = image.apply(command);

            // Then
            assertThat(image.replicas())
                    .isEqualTo(ReplicaIndex.of(image.topicsById().values()));
        }
    }

    @Test
    void itTellsTheTopicsOfANodeAndHowMuchItHolds() {
        // Given
        ClusterImage image = ClusterImage.EMPTY;
        for (Command command : SampleCommands.all().subList(0, 8)) image = image.apply(command);

        // When
        List<String> topics = image.topicsOf(1).stream().map(TopicImage::name).toList();

        // Then
        assertThat(topics).containsExactly("orders", "payments");
        assertThat(image.replicas().replicasOn(1)).isEqualTo(4);
        assertThat(image.replicas().replicasOn(3)).isEqualTo(5);
        assertThat(image.topicsOf(4)).isEmpty();
    }
}
