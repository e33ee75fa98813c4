package io.chronik.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.bench.Comparison.Plan;
import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
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
    void faultsOfAllRoundsMakeTheNumber() {
        Plan plan = new Plan(5, 2, 7, 3);
        Case.Series series = new Case.Series("s", List.of(), (recipe, work, times, seen) -> {});

        assertThat(plan.rounds(series)).isEqualTo(2);
        assertThat(plan.times(series, Cases.CHRONIK, 0) + plan.times(series, Cases.CHRONIK, 1))
                .isEqualTo(7);
        assertThat(plan.times(series, Cases.KAFKA, 0) + plan.times(series, Cases.KAFKA, 1))
                .isEqualTo(3);
        assertThat(new Plan(1, 2, 7, 3).times(series, Cases.CHRONIK, 0)).isEqualTo(7);
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
