package io.chronik.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What Linux has accounted to one process, from `/proc`: the figures that a client on the same cores cannot blur.
public record ProcessFigures(double cpuSeconds, long residentBytes, int threads) {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    /// Throws when the process is gone.
    public static ProcessFigures of(long pid) {
        try {
            Path directory = Path.of("/proc", Long.toString(pid));
            return parse(Files.readString(directory.resolve("stat")), Files.readAllLines(directory.resolve("status")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ProcessFigures parse(String stat, List<String> status) {
        // The name in parentheses may hold blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return new ProcessFigures(
                ticks / TICKS_PER_SECOND, 1024 * number(status, "VmRSS:"), (int) number(status, "Threads:"));
    }

    private static long number(List<String> status, String name) {
        for (String line : status) {
            if (line.startsWith(name))
                return Long.parseLong(line.substring(name.length()).strip().split(" ", -1)[0]);
        }
        return 0;
    }
}
