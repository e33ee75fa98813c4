package io.chronik.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.bench.Comparison.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void everySecondRoundGoesTheOtherWay() {
        List<String> brokers = List.of("a", "b", "c");

        assertThat(Plan.order(brokers, 0)).containsExactly("a", "b", "c");
        assertThat(Plan.order(brokers, 1)).containsExactly("c", "b", "a");
        assertThat(Plan.order(brokers, 2)).containsExactly("a", "b", "c");
    }

    @Test
    void aWarmUpEndsWhenTheRateNoLongerRises() {
        Plateau plateau = new Plateau();

        assertThat(List.of(100.0, 150.0, 152.0, 170.0, 165.0, 171.0).stream()
                        .map(plateau::isReachedWith)
                        .toList())
                .containsExactly(false, false, false, false, false, true);
    }
}
