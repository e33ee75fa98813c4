package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageDelta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class AppliedImageTest {
    private static final Uuid TOPIC = new Uuid(1, 1);
    private static final Command CREATE = new Command.CreateTopic("orders", TOPIC, List.of(), new TreeMap<>());

    private final Queue<Runnable> publisher = new ArrayDeque<>();
    private final AppliedImage image = new AppliedImage(publisher::add);
    private final List<ImageDelta> told = new ArrayList<>();

    @Test
    void whoAppliesTellsNobodyHimself() {
        // Given
        image.addListener(told::add);
        runPublisher();

        // When
        image.apply(0, List.of(CREATE));

        // Then
        assertThat(image.current().topic("orders")).isPresent();
        assertThat(told).hasSize(1);
    }

    @Test
    void eachChangeIsToldOnceAndInOrder() {
        // Given
        image.addListener(told::add);

        // When
        image.apply(0, List.of(CREATE));
        image.apply(3, List.of());
        image.apply(4, List.of(new Command.DeleteTopic(TOPIC)));
        runPublisher();

        // Then
        assertThat(told).extracting(delta -> delta.after().appliedIndex()).containsExactly(-1L, 0L, 3L, 4L);
        assertThat(told.get(1).before()).isEqualTo(ClusterImage.EMPTY);
        assertThat(told.get(2).nothing()).isTrue();
        assertThat(told.get(3).before()).isEqualTo(told.get(2).after());
        assertThat(told.get(3).topics()).containsExactly(TOPIC);
    }

    @Test
    void aLateListenerBeginsWithWhatTheOthersHaveBeenTold() {
        // Given
        image.apply(0, List.of(CREATE));
        image.addListener(told::add);
        image.apply(1, List.of(new Command.DeleteTopic(TOPIC)));

        // When
        runPublisher();

        // Then
        assertThat(told).hasSize(2);
        assertThat(told.get(0).everything()).isTrue();
        assertThat(told.get(0).topics()).containsExactly(TOPIC);
        assertThat(told.get(1).everything()).isFalse();
    }

    @Test
    void aStateThatComesAsAWholeIsToldAsAWhole() {
        // Given
        image.addListener(told::add);
        image.apply(0, List.of(CREATE));

        // When
        image.load(9, List.of());
        runPublisher();

        // Then
        assertThat(told.getLast().everything()).isTrue();
        assertThat(told.getLast().topics()).containsExactly(TOPIC);
        assertThat(told.getLast().after().topic(TOPIC)).isEmpty();
    }

    @Test
    void whoWaitsForTheListenersWaitsForWhatHeSees() {
        // Given
        image.addListener(told::add);
        image.apply(0, List.of(CREATE));

        // When
        CompletableFuture<Integer> seen = image.published().thenApply(_ -> told.size());
        image.apply(1, List.of(new Command.DeleteTopic(TOPIC)));
        boolean early = seen.isDone();
        runPublisher();

        // Then
        assertThat(early).isFalse();
        assertThat(seen).isCompletedWithValue(2);
    }

    @Test
    void whoWaitsForAStateIsAskedUntilItHasCome() {
        // Given
        List<Boolean> asked = new ArrayList<>();
        CompletableFuture<Void> created = image.published(state -> {
            asked.add(state.topic(TOPIC).isPresent());
            return asked.getLast();
        });

        // When
        runPublisher();
        boolean early = created.isDone();
        image.apply(0, List.of(CREATE));
        runPublisher();
        image.apply(1, List.of());
        runPublisher();
        CompletableFuture<Void> late =
                image.published(state -> state.topic(TOPIC).isPresent());
        runPublisher();

        // Then
        assertThat(early).isFalse();
        assertThat(created).isCompleted();
        assertThat(asked).containsExactly(false, true);
        assertThat(late).isCompleted();
    }

    private void runPublisher() {
        for (Runnable next = publisher.poll(); next != null; next = publisher.poll()) next.run();
    }
}
