package io.chronik.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class EndWatchTest {
    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition SECOND = new TopicPartition("t", 1);

    @Test
    void endIsReachedWhenEveryPartitionIsThere() {
        // Given
        EndWatch watch = EndWatch.at(Map.of(FIRST, 3L, SECOND, 5L));

        // When
        watch.onPosition(FIRST, 4);
        watch.onPosition(SECOND, 4);

        // Then
        assertThat(watch.isReached()).isFalse();
        watch.onPosition(SECOND, 5);
        assertThat(watch.isReached()).isTrue();
    }

    @Test
    void emptyPartitionIsReachedAtOnce() {
        EndWatch watch = EndWatch.at(Map.of(FIRST, 0L));
        watch.onPosition(FIRST, 0);
        assertThat(watch.isReached()).isTrue();
    }

    @Test
    void neverIsNever() {
        assertThat(EndWatch.never().isReached()).isFalse();
    }
}
