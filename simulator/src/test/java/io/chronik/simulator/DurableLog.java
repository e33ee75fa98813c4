package io.chronik.simulator;

import io.chronik.log.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What of a partition a power cut would leave on a node for certain, read from the bytes of its segment files. Knows
/// nothing of the log's own memory.
final class DurableLog {
    /// Parsed once for as long as the disk gives the same array.
    private static final class Segment {
        final byte[] bytes;
        final List<Batch> batches = new ArrayList<>();

        Segment(byte[] bytes) {
            this.bytes = bytes;
            var _ = Batch.parse(bytes, 0, 0, batches);
        }
    }

    private final SimulatedDisk disk;
    private final Path directory;
    private final Map<String, Segment> segments = new TreeMap<>();

    DurableLog(SimulatedDisk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    boolean holds(Batch batch) {
        return batch.equals(at(batch.baseOffset()));
    }

    /// The batch that begins at `baseOffset`, or null.
    @Nullable
    Batch at(long baseOffset) {
        String wanted = name(baseOffset);
        String holder = null;
        for (String name : disk.durableNames(directory)) {
            if (name.endsWith(".log") && name.compareTo(wanted) <= 0) holder = name;
        }
        if (holder == null) return null;
        List<Batch> batches = batches(holder);
        int low = 0;
        int high = batches.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long base = batches.get(middle).baseOffset();
            if (base == baseOffset) return batches.get(middle);
            if (base < baseOffset) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder all = new StringBuilder(directory + ": ");
        for (String name : disk.durableNames(directory)) {
            all.append(name).append(" (").append(disk.durable(directory.resolve(name)).length).append(" bytes");
            if (name.endsWith(".log")) all.append(", ").append(batches(name).size()).append(" batches");
            all.append(") ");
        }
        return all.toString();
    }

    private static String name(long baseOffset) {
        return "%020d.log".formatted(baseOffset);
    }

    @SuppressWarnings("ReferenceEquality") // An array that is the same has not changed.
    private List<Batch> batches(String name) {
        byte[] bytes = disk.durable(directory.resolve(name));
        Segment known = segments.get(name);
        if (known != null && known.bytes == bytes) return known.batches;
        Segment parsed = new Segment(bytes);
        segments.put(name, parsed);
        return parsed.batches;
    }
}
