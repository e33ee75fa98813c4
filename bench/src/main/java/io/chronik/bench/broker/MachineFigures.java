package io.chronik.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux has accounted to all processors together, from `/proc/stat`: with the work of kernel threads
/// (write-back),
/// which stands in no process's account.
public record MachineFigures(double busyCpuSeconds) {
    private static final double TICKS_PER_SECOND = 100;

    // cpu  user nice system idle iowait irq softirq steal ...
    private static final int[] BUSY_FIELDS = {1, 2, 3, 6, 7};

    public static MachineFigures now() {
        try {
            return parse(Files.readString(Path.of("/proc/stat")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MachineFigures parse(String stat) {
        String[] fields = stat.lines().findFirst().orElse("").split("\\s+", -1);
        if (!fields[0].equals("cpu")) throw new IllegalArgumentException("no sum of all processors: " + fields[0]);
        double ticks = 0;
        for (int field : BUSY_FIELDS) ticks += Long.parseLong(fields[field]);
        return new MachineFigures(ticks / TICKS_PER_SECOND);
    }
}
