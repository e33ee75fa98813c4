package io.chronik.cli.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.cli.client.StartPoint;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupArgumentsTest {
    @Test
    void shiftCountsFromTheCommittedOffset() {
        assertThat(ResetTarget.parse("shift:-10", Instant.EPOCH)).isEqualTo(new ResetTarget.Shift(-10));
        assertThat(ResetTarget.parse("shift:+3", Instant.EPOCH)).isEqualTo(new ResetTarget.Shift(3));
    }

    @Test
    void otherTargetsAreThoseOfConsume() {
        assertThat(ResetTarget.parse("-10", Instant.EPOCH))
                .isEqualTo(new ResetTarget.Place(new StartPoint.BeforeEnd(10)));
        assertThatThrownBy(() -> ResetTarget.parse("shift:x", Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void topicMayNameItsPartitions() {
        assertThat(PartitionsArgument.parse("orders")).isEqualTo(new PartitionsArgument("orders", List.of()));
        assertThat(PartitionsArgument.parse("orders:0,3")).isEqualTo(new PartitionsArgument("orders", List.of(0, 3)));
        assertThatThrownBy(() -> PartitionsArgument.parse("orders:x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void topicWithoutPartitionsIncludesAll() {
        assertThat(PartitionsArgument.parse("orders").includes(7)).isTrue();
        assertThat(PartitionsArgument.parse("orders:0,3").includes(7)).isFalse();
    }
}
