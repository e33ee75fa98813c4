package io.chronik.bench.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What all processors together did, from `/proc/stat`: with the work of kernel threads (write-back), which stands in
/// no
/// process's account. Only differences mean something.
///
/// Counted is the time that is neither idle nor stolen: a kernel without a regular tick measures idle time, but samples
/// the others, and misses most of what runs for less than a tick.
public record MachineFigures(double busyCpuSeconds) {
    private static final double TICKS_PER_SECOND = 100;

    // cpu  user nice system idle iowait irq softirq steal ...
    private static final int[] NOT_BUSY_FIELDS = {4, 5, 8};

    public static MachineFigures now() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/stat")), System.nanoTime());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MachineFigures parse(List<String> stat, long nowNs) {
        String[] sum = stat.getFirst().split("\\s+", -1);
        if (!sum[0].equals("cpu")) throw new IllegalArgumentException("no sum of all processors: " + sum[0]);
        double ticks = 0;
        for (int field : NOT_BUSY_FIELDS) ticks += Long.parseLong(sum[field]);
        long processors =
                stat.stream().filter(line -> line.matches("cpu[0-9]+ .*")).count();
        return new MachineFigures(processors * (nowNs / 1e9) - ticks / TICKS_PER_SECOND);
    }
}
