package io.chronik.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void takesTheMiddleOfAnOddAndTheMeanOfAnEvenNumber() {
        assertThat(Statistics.of(List.of(9.0, 1.0, 2.0))).contains(new Statistics(2, 9, 1, 9));
        assertThat(Statistics.of(List.of(4.0, 1.0, 2.0, 9.0))).contains(new Statistics(3, 9, 1, 9));
    }

    @Test
    void ninetyFiveOfAHundredAreNoMoreThanP95() {
        List<Double> values =
                IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList();

        assertThat(Statistics.of(values).orElseThrow().get(Bar.Pick.P95)).isEqualTo(95);
        assertThat(Statistics.of(values.subList(0, 20)).orElseThrow().get(Bar.Pick.P95))
                .isEqualTo(19);
        assertThat(Statistics.of(values).orElseThrow().get(Bar.Pick.MOST)).isEqualTo(100);
    }

    @Test
    void leavesOutWhatIsNoNumber() {
        assertThat(Statistics.of(List.of(Double.NaN, 2.0))).contains(new Statistics(2, 2, 2, 2));
        assertThat(Statistics.of(List.of(Double.NaN))).isEmpty();
        assertThat(Statistics.of(List.of())).isEmpty();
    }

    @Test
    void comparesPairByPair() {
        assertThat(Statistics.ratios(List.of(1.0, 6.0, 9.0), List.of(2.0, 2.0))).containsExactly(0.5, 3.0);
        assertThat(Statistics.differences(List.of(1.0, 6.0), List.of(2.0, 2.0))).containsExactly(-1.0, 4.0);
    }
}
