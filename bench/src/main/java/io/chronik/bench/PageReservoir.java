package io.chronik.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Sees to it that a broker under load finds pages for the page cache that were in use until just now, as on a machine
/// whose memory is full of page cache. A virtual machine gives memory that is free for some seconds back to its host,
/// and
/// the next use of such a page costs a fault there: ten times what writing to it costs, or nothing, by chance. So the
/// bench holds pages itself (the holes of a sparse file, read into the page cache) and gives away as many as are taken.
final class PageReservoir implements AutoCloseable {
    private static final long MIB = 1 << 20;
    private static final long SIZE_BYTES = 3072 * MIB;

    /// How much more is free than before, all the time: several times what a broker takes between two looks.
    private static final long LEAD_BYTES = 256 * MIB;

    private static final long LOOK_EVERY_NS = 10_000_000;

    private final Path path;
    private final RandomAccessFile file;
    private final long sizeBytes;
    private long heldBytes;

    private PageReservoir(Path path, RandomAccessFile file, long sizeBytes) {
        this.path = path;
        this.file = file;
        this.sizeBytes = sizeBytes;
    }

    /// An empty one with its file below `work`. It takes at most an eighth of the memory that is available;
    /// nothing when it is not `wanted`.
    static PageReservoir below(Path work, boolean wanted) {
        try {
            Path path = Files.createTempFile(work, "reservoir-", "");
            path.toFile().deleteOnExit();
            long size = wanted ? Math.min(SIZE_BYTES, memory("MemAvailable:") / 8) : 0;
            return new PageReservoir(path, new RandomAccessFile(path.toFile(), "rw"), size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes again what was given away. Best when a lot became free just now.
    void refill() {
        try {
            file.setLength(sizeBytes);
            ByteBuffer zeros = ByteBuffer.allocateDirect(4 << 20);
            while (heldBytes < sizeBytes) {
                int count = file.getChannel().read(zeros.clear(), heldBytes);
                if (count < 0) throw new IOException("the reservoir ends at " + heldBytes);
                heldBytes += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Gives away while `work` runs, on a thread of its own.
    <T> T during(Supplier<T> work) {
        if (sizeBytes == 0) return work.get();
        Giver giver = new Giver(memory("MemFree:"));
        giver.start();
        try {
            return work.get();
        } finally {
            giver.end();
        }
    }

    /// What to hold from now on, when `freeBytes` are free and `freeBefore` were at the beginning.
    static long keepBytes(long heldBytes, long freeBefore, long freeBytes) {
        long missing = freeBefore + LEAD_BYTES - freeBytes;
        return Math.clamp(heldBytes - missing, 0, heldBytes);
    }

    private final class Giver extends Thread {
        private final long freeBefore;
        private volatile boolean ending;

        Giver(long freeBefore) {
            super("reservoir");
            this.freeBefore = freeBefore;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!ending) {
                long keep = keepBytes(heldBytes, freeBefore, memory("MemFree:"));
                if (keep < heldBytes) giveAllBut(keep);
                LockSupport.parkNanos(LOOK_EVERY_NS);
            }
        }

        private void giveAllBut(long keep) {
            try {
                file.setLength(keep);
                heldBytes = keep;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void end() {
            ending = true;
            try {
                join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Bytes, of a line of `/proc/meminfo`.
    private static long memory(String name) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith(name))
                    return 1024
                            * Long.parseLong(
                                    line.substring(name.length()).strip().split(" ", -1)[0]);
            }
            throw new IllegalStateException("/proc/meminfo has no " + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
