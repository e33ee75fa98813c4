package io.chronik.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAlignedByTheirWidestCell() {
        // Given
        Table table = new Table("TOPIC", "STATUS").row("a", "ok").row("payments", "failed");

        // When
        String text = print(table);

        // Then
        assertThat(text.lines()).containsExactly("TOPIC     STATUS", "a         ok", "payments  failed");
    }

    @Test
    void absentAndEmptyCellsAreADash() {
        assertThat(print(new Table("A", "B", "C").row(null, "", 0)).lines())
                .last()
                .isEqualTo("-  -  0");
    }

    @Test
    void lineFeedsDoNotBreakTheTable() {
        assertThat(print(new Table("A").row("x\ny")).lines()).containsExactly("A", "x y");
    }

    @Test
    void rowWithTooFewCellsIsAMistake() {
        assertThatThrownBy(() -> new Table("A", "B").row("x")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String print(Table table) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        table.print(out);
        out.flush();
        return text.toString();
    }
}
