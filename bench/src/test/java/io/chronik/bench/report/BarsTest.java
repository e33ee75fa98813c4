package io.chronik.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.bench.cases.Case;
import io.chronik.bench.cases.Cases;
import io.chronik.bench.report.Bar.Against;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarsTest {
    private static List<String> brokersOf(String caseName) {
        return Cases.all().stream()
                .filter(each -> each.name().equals(caseName))
                .map(Case::brokers)
                .findFirst()
                .orElse(List.of());
    }

    @Test
    void everyRowHasACaseThatMeasuresIt() {
        assertThat(Bars.all())
                .allSatisfy(bar -> assertThat(brokersOf(bar.caseName())).contains(Cases.CHRONIK));
    }

    @Test
    void everyComparisonHasItsBroker() {
        assertThat(Bars.all()).allSatisfy(bar -> {
            switch (bar.against()) {
                case Against.Broker(String name) ->
                    assertThat(brokersOf(bar.caseName())).contains(name);
                case Against.FsyncsMore(String name) ->
                    assertThat(brokersOf(bar.caseName())).contains(name);
                case Against.OtherCase(String name) ->
                    assertThat(brokersOf(name)).contains(Cases.CHRONIK);
                case Against.Nothing() -> assertThat(bar.title()).isNotEmpty();
            }
        });
    }

    @Test
    void noTwoRowsSayTheSame() {
        assertThat(Bars.all()).extracting(bar -> bar.title() + bar.against()).doesNotHaveDuplicates();
    }

    @Test
    void oneIsNotCountedAsMany() {
        assertThat(Bars.all())
                .extracting(Bar::title)
                .noneMatch(title -> title.matches("(.* )?1 (partitions|producers)\\b.*"));
    }
}
