package io.chronik.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.server.metadata.MetadataLog.Leader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final Leader GONE = new Leader(1, 10);

    @Test
    void allVotersComeToTheSameOrderWithoutTheLeader() {
        // When
        List<Integer> second = new Succession().next(GONE, 2, List.of(3, 1, 2), 0);
        List<Integer> third = new Succession().next(GONE, 3, List.of(1, 2, 3), 5);

        // Then
        assertThat(second).containsExactlyInAnyOrder(2, 3).isEqualTo(third);
    }

    @Test
    void theFirstIsAnotherOneInEachEpoch() {
        // When
        Set<Integer> firsts = new HashSet<>();
        for (int epoch = 10; epoch < 14; epoch++) {
            firsts.add(new Succession()
                    .next(new Leader(1, epoch), 2, List.of(1, 2, 3, 4, 5), 0)
                    .getFirst());
        }

        // Then
        assertThat(firsts).containsExactlyInAnyOrder(2, 3, 4, 5);
    }

    @Test
    void aSecondTryComesLaterAndBeginsWithAnother() {
        // Given
        Succession succession = new Succession();
        int first = succession.next(GONE, 2, List.of(1, 2, 3), 0).getFirst();

        // Then
        assertThat(succession.next(GONE, 2, List.of(1, 2, 3), Succession.PAUSE_MS - 1))
                .isEmpty();
        assertThat(succession.next(GONE, 2, List.of(1, 2, 3), Succession.PAUSE_MS))
                .hasSize(2)
                .last()
                .isEqualTo(first);
    }

    @Test
    void anotherLeaderIsToBeSucceededAtOnce() {
        // Given
        Succession succession = new Succession();
        succession.next(GONE, 2, List.of(1, 2, 3), 0);

        // Then
        assertThat(succession.next(new Leader(3, 11), 2, List.of(1, 2, 3), 1)).hasSize(2);
    }
}
