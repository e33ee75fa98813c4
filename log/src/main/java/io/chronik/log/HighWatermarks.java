package io.chronik.log;

import io.chronik.log.CheckpointFile.Sync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// How far each partition of a log directory was known to be committed, in one file that is replaced now and then. A
/// hint for the next start: lower than the truth does no harm, so what a crash loses does none. Any thread.
///
///     version 1
///     <topic uuid>-<partition> <high watermark>
///     ...
final class HighWatermarks {
    static final String FILE = "high-watermarks";
    private static final String VERSION = "version 1";

    private final CheckpointFile file;
    private final Map<String, Long> known = new HashMap<>();
    private boolean changed;

    private HighWatermarks(CheckpointFile file) {
        this.file = file;
    }

    /// A file that is damaged is as good as none.
    static HighWatermarks open(Disk disk, Path directory) throws IOException {
        HighWatermarks opened = new HighWatermarks(new CheckpointFile(disk, directory.resolve(FILE)));
        Optional<List<String>> lines = opened.file.read();
        if (lines.isEmpty() || !lines.get().getFirst().equals(VERSION)) return opened;
        for (String line : lines.get().subList(1, lines.get().size())) {
            int space = line.indexOf(' ');
            opened.known.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
        }
        return opened;
    }

    /// 0 when nothing is known.
    synchronized long of(Uuid topicId, int partition) {
        return known.getOrDefault(PartitionDirectory.name(topicId, partition), 0L);
    }

    /// For the next [#write()].
    synchronized void note(Uuid topicId, int partition, long highWatermark) {
        Long before = known.put(PartitionDirectory.name(topicId, partition), highWatermark);
        if (before == null || before != highWatermark) changed = true;
    }

    /// The partition's log holds other records than before, or none: what is known is too high for it, and is gone from
    /// the file when this returns.
    synchronized void forget(Uuid topicId, int partition) throws IOException {
        if (known.remove(PartitionDirectory.name(topicId, partition)) == null) return;
        changed = true;
        write();
    }

    /// Replaces the file when something has changed.
    synchronized void write() throws IOException {
        if (!changed) return;
        List<String> lines = new ArrayList<>();
        lines.add(VERSION);
        known.forEach((name, highWatermark) -> lines.add(name + " " + highWatermark));
        file.write(lines, Sync.BEFORE_RENAME);
        changed = false;
    }
}
