package io.chronik.bench.probe;

import io.chronik.log.Disk;
import io.chronik.log.Disk.DiskFile;
import io.chronik.log.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// What this disk can do: how long it takes until bytes appended to one or many files are durable, by fdatasync and by
/// syncfs, and how fast large writes go. The bounds of everything that a node can promise here.
public final class DiskProbe {
    private static final int[] FILE_COUNTS = {1, 2, 12, 64, 1000};
    private static final int[] THREADS = {1, 4, 16};

    private final Path directory;
    private final Disk disk = new FileDisk();

    public DiskProbe(Path work) throws IOException {
        Files.createDirectories(work);
        this.directory = Files.createTempDirectory(work, "probe-");
    }

    /// One line of the report.
    public record Row(int files, int bytes, String method, double p50Ms, double p99Ms) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "| %d | %d | %s | %.2f | %.2f |", files, bytes, method, p50Ms, p99Ms);
        }
    }

    /// Milliseconds that one fdatasync of a file takes to which 1 KiB was appended: the median of 300.
    public double fsyncMs() throws IOException {
        return withFiles(1, files -> measure(files, 1024, "fdatasync", 300, () -> syncEach(files, 1))).p50Ms;
    }

    public List<Row> run() throws IOException {
        List<Row> rows = new ArrayList<>();
        Optional<Disk.FileSystemSync> together = disk.fileSystemSync(directory);
        for (int count : FILE_COUNTS) {
            int rounds = count == 1000 ? 10 : count == 64 ? 40 : 200;
            for (int threads : THREADS) {
                if (threads > count) continue;
                String method = "fdatasync, " + threads + (threads == 1 ? " thread" : " threads");
                rows.add(withFiles(
                        count, files -> measure(files, 4096, method, rounds, () -> syncEach(files, threads))));
            }
            if (together.isPresent())
                rows.add(withFiles(
                        count, files -> measure(files, 4096, "syncfs and flush", rounds, together.get()::sync)));
        }
        rows.add(withFiles(1, files -> measure(files, 1 << 20, "fdatasync, 1 thread", 100, () -> syncEach(files, 1))));
        return rows;
    }

    private interface Sync {
        void sync() throws IOException;
    }

    private interface OnFiles {
        Row run(List<DiskFile> files) throws IOException;
    }

    private Row withFiles(int count, OnFiles measurement) throws IOException {
        List<DiskFile> files = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) files.add(disk.open(directory.resolve("file-" + i), true));
            return measurement.run(files);
        } finally {
            for (DiskFile file : files) {
                file.close();
                disk.delete(file.path());
            }
        }
    }

    private static Row measure(List<DiskFile> files, int bytes, String method, int rounds, Sync sync)
            throws IOException {
        ByteBuffer content = ByteBuffer.allocateDirect(bytes);
        double[] tookMs = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            for (DiskFile file : files) file.write(content.duplicate(), (long) round * bytes);
            long beginNs = System.nanoTime();
            sync.sync();
            tookMs[round] = (System.nanoTime() - beginNs) / 1e6;
        }
        Arrays.sort(tookMs);
        return new Row(
                files.size(), bytes, method, tookMs[rounds / 2], tookMs[Math.min(rounds - 1, rounds * 99 / 100)]);
    }

    private static void syncEach(List<DiskFile> files, int threads) throws IOException {
        if (threads == 1) {
            for (DiskFile file : files) file.sync();
            return;
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int first = 0; first < threads; first++) parts.add(pool.submit(part(files, first, threads)));
            for (Future<?> part : parts) part.get();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static java.util.concurrent.Callable<Object> part(List<DiskFile> files, int first, int step) {
        return () -> {
            for (int i = first; i < files.size(); i += step) files.get(i).sync();
            return files;
        };
    }

    public void close() throws IOException {
        try (Stream<Path> left = Files.walk(directory)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        }
    }
}
