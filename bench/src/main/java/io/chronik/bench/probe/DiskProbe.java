package io.chronik.bench.probe;

import io.chronik.bench.broker.Directories;
import io.chronik.log.Disk;
import io.chronik.log.Disk.DiskFile;
import io.chronik.log.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How long it takes until bytes written to one or many files are durable, by fdatasync and by syncfs, appended and
/// over blocks that the files have already; and how many bytes per second that makes.
public final class DiskProbe implements AutoCloseable {
    private static final int[] SIZES_KIB = {1, 4, 16, 64, 256, 1024};
    private static final int[] MANY_FILES = {64, 1000};
    private static final int[] THREADS = {1, 4, 16};

    private final Path directory;
    private final Disk disk = new FileDisk();

    public DiskProbe(Path work) throws IOException {
        Files.createDirectories(work);
        this.directory = Files.createTempDirectory(work, "probe-");
    }

    /// Milliseconds that one fdatasync of a file takes to which 1 KiB was appended: the median of 300.
    public double fsyncMs() throws IOException {
        Measurement appended = new Measurement("fsync", "", 1, 1024, 300, false);
        Double median = run(appended, files -> syncEach(files, 1)).figures().get(Limit.P50_MS);
        return median == null ? Double.NaN : median;
    }

    /// Key of fdatasync of one file to which `kib` KiB were appended.
    public static String append(int kib) {
        return "fdatasyncAppend" + kib + "Kib";
    }

    /// Key of fdatasync of one file in which `kib` KiB were written over blocks that it has.
    public static String overwrite(int kib) {
        return "fdatasyncOverwrite" + kib + "Kib";
    }

    /// Key of one syncfs of `files` files to each of which 4 KiB were appended.
    public static String syncfs(int files) {
        return "syncfs" + files + "Files";
    }

    List<Limit> run() throws IOException {
        List<Limit> limits = new ArrayList<>();
        for (boolean over : new boolean[] {false, true}) {
            for (int kib : SIZES_KIB) {
                String key = over ? overwrite(kib) : append(kib);
                String what = "fdatasync, " + kib + " KiB " + (over ? "over blocks it has" : "appended");
                limits.add(run(
                        new Measurement(key, what, 1, kib << 10, kib >= 256 ? 100 : 200, over),
                        files -> syncEach(files, 1)));
            }
        }
        Optional<Disk.FileSystemSync> together = disk.fileSystemSync(directory);
        if (together.isPresent()) {
            for (int count : new int[] {1, 64, 1000}) {
                String what = "syncfs, 4 KiB appended to each of " + count;
                limits.add(run(
                        new Measurement(syncfs(count), what, count, 4096, rounds(count), false),
                        files -> together.get().sync()));
            }
        }
        for (int count : MANY_FILES) {
            for (int threads : THREADS) {
                String what =
                        "fdatasync of each of " + count + " by " + threads + (threads == 1 ? " thread" : " threads");
                String key = "fdatasync" + count + "Files" + threads + "Threads";
                limits.add(run(
                        new Measurement(key, what, count, 4096, rounds(count), false),
                        files -> syncEach(files, threads)));
            }
        }
        return limits;
    }

    private static int rounds(int files) {
        return files == 1000 ? 10 : files == 64 ? 40 : 200;
    }

    private record Measurement(String key, String what, int files, int bytes, int rounds, boolean over) {}

    private interface Sync {
        void sync(List<DiskFile> files) throws IOException;
    }

    private Limit run(Measurement measurement, Sync sync) throws IOException {
        List<DiskFile> files = new ArrayList<>();
        try {
            for (int i = 0; i < measurement.files; i++) files.add(disk.open(directory.resolve("file-" + i), true));
            if (measurement.over) {
                for (int round = 0; round < measurement.rounds; round++) write(measurement, files, round);
                sync.sync(files);
            }
            return measure(measurement, files, sync);
        } finally {
            for (DiskFile file : files) {
                file.close();
                disk.delete(file.path());
            }
        }
    }

    private static void write(Measurement measurement, List<DiskFile> files, int round) throws IOException {
        ByteBuffer content = ByteBuffer.allocateDirect(measurement.bytes);
        for (DiskFile file : files) file.write(content.duplicate(), (long) round * measurement.bytes);
    }

    private static Limit measure(Measurement measurement, List<DiskFile> files, Sync sync) throws IOException {
        int rounds = measurement.rounds;
        double[] tookMs = new double[rounds];
        long beginNs = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            write(measurement, files, round);
            long writtenNs = System.nanoTime();
            sync.sync(files);
            tookMs[round] = (System.nanoTime() - writtenNs) / 1e6;
        }
        double seconds = (System.nanoTime() - beginNs) / 1e9;
        Arrays.sort(tookMs);
        double mib = (double) rounds * files.size() * measurement.bytes / (1 << 20);
        return new Limit(
                measurement.key,
                measurement.what,
                Map.of(
                        Limit.P50_MS, tookMs[rounds / 2],
                        Limit.P99_MS, tookMs[Math.min(rounds - 1, rounds * 99 / 100)],
                        Limit.MIB_PER_SECOND, mib / seconds));
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

    private static Callable<Object> part(List<DiskFile> files, int first, int step) {
        return () -> {
            for (int i = first; i < files.size(); i += step) files.get(i).sync();
            return files;
        };
    }

    @Override
    public void close() {
        Directories.delete(directory);
    }
}
