package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotScheduleTest {
    @Test
    void eachNodeWritesOncePerRoundAndNoTwoNearEachOther() {
        // When
        List<Long> all = new ArrayList<>();
        for (int node = 1; node <= 5; node++) {
            List<Long> written = written(SnapshotSchedule.of(node, 1_000));
            assertThat(written).hasSize(10);
            for (int i = 1; i < written.size(); i++) {
                assertThat(written.get(i) - written.get(i - 1)).isEqualTo(1_000);
            }
            all.add(written.get(5) % 1_000);
        }

        // Then
        all.sort(null);
        for (int i = 1; i < all.size(); i++)
            assertThat(all.get(i) - all.get(i - 1)).isGreaterThan(100);
    }

    @Test
    void aJumpOverSeveralRoundsIsOneSnapshot() {
        // Given
        SnapshotSchedule schedule = SnapshotSchedule.of(2, 10);

        // Then
        assertThat(schedule.due(-1, 95)).isTrue();
        assertThat(schedule.due(95, 96)).isFalse();
    }

    private static List<Long> written(SnapshotSchedule schedule) {
        List<Long> written = new ArrayList<>();
        long last = -1;
        for (long index = 0; index < 10_000; index++) {
            if (!schedule.due(last, index)) continue;
            written.add(index);
            last = index;
        }
        return written;
    }
}
