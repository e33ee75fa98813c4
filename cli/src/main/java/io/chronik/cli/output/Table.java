package io.chronik.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows under upper-case headings, columns aligned with two spaces between them, nothing drawn: easy on the eye and on
/// `awk`. An absent or empty cell prints as `-`, so that every row has every column.
public final class Table {
    private static final String GAP = "  ";
    private final List<List<String>> lines = new ArrayList<>();
    private final int columnCount;

    public Table(String... headings) {
        columnCount = headings.length;
        lines.add(List.of(headings));
    }

    /// Adds a row of as many cells as there are headings.
    public Table row(@Nullable Object... cells) {
        if (cells.length != columnCount) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + columnCount + " columns");
        }
        lines.add(Arrays.stream(cells).map(Table::text).toList());
        return this;
    }

    public void print(PrintWriter out) {
        int[] widths = new int[columnCount];
        for (List<String> line : lines) {
            for (int i = 0; i < columnCount; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            out.println(aligned(line, widths));
        }
    }

    private static String aligned(List<String> line, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            text.append(line.get(i));
            if (i < widths.length - 1) {
                text.repeat(' ', widths[i] - line.get(i).length()).append(GAP);
            }
        }
        return text.toString();
    }

    private static String text(@Nullable Object cell) {
        String text = cell == null ? "" : cell.toString();
        return text.isEmpty() ? "-" : text.replace('\n', ' ');
    }
}
