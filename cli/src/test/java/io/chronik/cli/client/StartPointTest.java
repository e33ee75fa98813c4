package io.chronik.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartPointTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {"start", "Beginning", "EARLIEST", "oldest"})
    void startHasTheNamesThatOtherToolsUse(String text) {
        assertThat(StartPoint.parse(text, NOW)).isEqualTo(new StartPoint.Start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"end", "latest", "newest"})
    void endHasTheNamesThatOtherToolsUse(String text) {
        assertThat(StartPoint.parse(text, NOW)).isEqualTo(new StartPoint.End());
    }

    @Test
    void numberIsAnOffset() {
        assertThat(StartPoint.parse("42", NOW)).isEqualTo(new StartPoint.At(42));
        assertThat(StartPoint.parse("0", NOW)).isEqualTo(new StartPoint.At(0));
    }

    @Test
    void negativeNumberCountsFromTheEnd() {
        assertThat(StartPoint.parse("-10", NOW)).isEqualTo(new StartPoint.BeforeEnd(10));
        assertThat(StartPoint.parse("-0", NOW)).isEqualTo(new StartPoint.BeforeEnd(0));
    }

    @ParameterizedTest
    @CsvSource({
        "@1795435200000, 2026-11-23T12:00:00Z",
        "@0, 1970-01-01T00:00:00Z",
        "@2026-11-23, 2026-11-23T00:00:00Z",
        "@2026-11-23T10:15, 2026-11-23T10:15:00Z",
        "@2026-11-23T10:15:30.250, 2026-11-23T10:15:30.250Z",
        "@2026-11-23T10:15:30Z, 2026-11-23T10:15:30Z",
        "@2026-11-23T10:15:30+02:00, 2026-11-23T08:15:30Z",
        "@2026-11-23T10:15:30-05:00, 2026-11-23T15:15:30Z",
        "@-90s, 2026-11-23T11:58:30Z",
        "@-5m, 2026-11-23T11:55:00Z",
        "@-1h, 2026-11-23T11:00:00Z",
        "@-7d, 2026-11-16T12:00:00Z",
        "@-250ms, 2026-11-23T11:59:59.750Z",
    })
    void timestampIsMillisecondsADateOrAnAge(String text, Instant expected) {
        assertThat(StartPoint.parse(text, NOW)).isEqualTo(new StartPoint.Since(expected.toEpochMilli()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "middle",
                "1.5",
                "--1",
                "@",
                "@yesterday",
                "@2026-13-01",
                "@-1w",
                "@99999999999999999999",
                "99999999999999999999",
                "-9223372036854775808",
                "+ 1"
            })
    void anythingElseIsRefusedWithWhatThereIs(String text) {
        assertThatThrownBy(() -> StartPoint.parse(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'");
    }
}
