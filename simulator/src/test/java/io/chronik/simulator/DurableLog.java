package io.chronik.simulator;

import io.chronik.log.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
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
    private final Map<Path, Segment> segments = new TreeMap<>();
    private final NavigableMap<Long, Path> names = new TreeMap<>();
    private long namesVersion = -1;

    DurableLog(SimulatedDisk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    @SuppressWarnings("ReferenceEquality") // Another disk is another object.
    boolean isOn(SimulatedDisk asked) {
        return disk == asked;
    }

    boolean holds(Batch batch) {
        return batch.equals(at(batch.baseOffset()));
    }

    /// The batch that begins at `baseOffset`, or null.
    @Nullable
    Batch at(long baseOffset) {
        var holder = names().floorEntry(baseOffset);
        if (holder == null) return null;
        List<Batch> batches = batches(holder.getValue());
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
        names().forEach((base, path) -> all.append(base)
                .append(" (")
                .append(disk.durable(path).length)
                .append(" bytes, ")
                .append(batches(path).size())
                .append(" batches) "));
        return all.toString();
    }

    private NavigableMap<Long, Path> names() {
        if (namesVersion == disk.durableNamesVersion()) return names;
        namesVersion = disk.durableNamesVersion();
        names.clear();
        for (String name : disk.durableNames(directory)) {
            if (name.endsWith(".log")) names.put(Long.parseLong(name.substring(0, 20)), directory.resolve(name));
        }
        return names;
    }

    @SuppressWarnings("ReferenceEquality") // An array that is the same has not changed.
    private List<Batch> batches(Path path) {
        byte[] bytes = disk.durable(path);
        Segment known = segments.get(path);
        if (known != null && known.bytes == bytes) return known.batches;
        Segment parsed = new Segment(bytes);
        segments.put(path, parsed);
        return parsed.batches;
    }
}
