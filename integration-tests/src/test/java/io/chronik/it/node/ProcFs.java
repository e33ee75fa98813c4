package io.chronik.it.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the kernel says about a process.
public final class ProcFs {
    /// USER_HZ, which Linux fixes at 100 for /proc on all common machines.
    private static final double TICKS_PER_SECOND = 100;

    private static final long PAGE_BYTES = 4096;

    private ProcFs() {}

    /// utime + stime, fields 14 and 15 of /proc/PID/stat; the name in field 2 may contain blanks.
    public static double cpuSeconds(long pid) {
        String stat = read(pid, "stat");
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) / TICKS_PER_SECOND;
    }

    public static long residentBytes(long pid) {
        return Long.parseLong(read(pid, "statm").split(" ", -1)[1]) * PAGE_BYTES;
    }

    public static int threadCount(long pid) {
        return list(pid, "task");
    }

    public static int openFiles(long pid) {
        return list(pid, "fd");
    }

    private static int list(long pid, String name) {
        try (var entries = Files.list(Path.of("/proc", Long.toString(pid), name))) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(long pid, String name) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
