package io.chronik.bench.probe;

import io.chronik.bench.broker.ProcessFigures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What it costs to write into the page cache, nothing synced: on pages that were free for a while, and on pages that
/// were freed just now. On a virtual machine that gives free memory back to its host the first costs a fault there.
final class PageCacheProbe {
    private static final int MIB = 512;
    private static final long REST_NS = TimeUnit.SECONDS.toNanos(3);

    private PageCacheProbe() {}

    static List<Limit> run(Path work) throws IOException {
        Path file = Files.createTempFile(work, "pages-", "");
        try {
            rest();
            Limit rested = write("pageCacheRested", "512 MiB into the page cache, after 3 s of rest", file);
            Files.delete(file);
            Limit reused = write("pageCacheReused", "512 MiB into the page cache, pages freed just now", file);
            return List.of(rested, reused);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void rest() {
        long endNs = System.nanoTime() + REST_NS;
        for (long left; (left = endNs - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
    }

    private static Limit write(String key, String what, Path file) throws IOException {
        long self = ProcessHandle.current().pid();
        double cpuBefore = ProcessFigures.of(self).cpuSeconds();
        long beginNs = System.nanoTime();
        fill(file, MIB);
        double seconds = (System.nanoTime() - beginNs) / 1e9;
        double cpu = ProcessFigures.of(self).cpuSeconds() - cpuBefore;
        return new Limit(key, what, Map.of(Limit.MIB_PER_SECOND, MIB / seconds, Limit.CPU_PER_GIB, cpu * 1024 / MIB));
    }

    private static void fill(Path file, int mib) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mib; i++) {
                ByteBuffer bytes = chunk.duplicate();
                while (bytes.hasRemaining()) out.write(bytes);
            }
        }
    }
}
