package io.chronik.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoalTest {
    @Test
    void saysHowFarAwayAMissedBarIs() {
        assertThat(Goal.atLeast(8, 20).verdict(6)).isEqualTo("**missed** by 25 %");
        assertThat(Goal.atMost(0.6, 0.4).verdict(0.9)).isEqualTo("**missed** by 50 %");
        assertThat(Goal.atMost(0).verdict(1000)).isEqualTo("**missed**");
    }

    @Test
    void seesWhatIsReached() {
        assertThat(Goal.atLeast(8, 20).verdict(8)).isEqualTo("reached");
        assertThat(Goal.atLeast(8, 20).verdict(20)).isEqualTo("reached, stretch too");
        assertThat(Goal.atMost(0.6).verdict(0.6)).isEqualTo("reached");
    }

    @Test
    void belowIsStrict() {
        assertThat(Goal.below(40).verdict(39)).isEqualTo("reached");
        assertThat(Goal.below(40).isMissed(40)).isTrue();
    }

    @Test
    void showsAStretchOnlyWhereThereIsOne() {
        assertThat(Goal.below(40).stretchCell()).isEmpty();
        assertThat(Goal.below(40).barCell()).isEqualTo("< 40");
        assertThat(Goal.atLeast(1.0, 1.5).stretchCell()).isEqualTo("1.5");
        assertThat(new Goal.Told().barCell()).isEmpty();
        assertThat(new Goal.Told().isMissed(1)).isFalse();
    }
}
