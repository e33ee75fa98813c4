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

/// What a clean stop knows about the logs of a directory, in one file: written and synced once, where each log would
/// write some of its own. Any thread.
///
///     version 1
///     log <topic uuid>-<partition> <lines>
///     ...                                    so many lines of the ClosedLog
///
/// The file may stay while the next process runs, and after that was killed: what was durable once is durable still,
/// and a newer checkpoint of a log wins. Only what cuts or replaces records makes it wrong; see [#forget()].
final class ClosedLogs {
    static final String FILE = "closed-logs";
    private static final String VERSION = "version 1";

    /// A log with more (segments, producers) has files of its own, so that the file of all stays small.
    private static final int MAX_LINES = 100;

    private final Disk disk;
    private final Path directory;
    private final CheckpointFile file;

    /// By name of the partition's directory: read and not opened yet, or closed again.
    private final Map<String, ClosedLog> logs = new HashMap<>();

    private final int maxLines;
    private boolean stored;

    private ClosedLogs(Disk disk, Path directory, int maxLines) {
        this.disk = disk;
        this.directory = directory;
        this.maxLines = maxLines;
        this.file = new CheckpointFile(disk, directory.resolve(FILE));
    }

    /// With what the last clean stop left in the data directory. A damaged file is as good as none: each log is then
    /// recovered from its own checkpoint.
    static ClosedLogs open(Disk disk, Path directory) throws IOException {
        ClosedLogs opened = new ClosedLogs(disk, directory, MAX_LINES);
        opened.stored = disk.exists(opened.file.path());
        Optional<List<String>> lines = opened.file.read();
        if (lines.isPresent() && lines.get().getFirst().equals(VERSION)) opened.parse(lines.get());
        return opened;
    }

    /// There is no such file: each log has files of its own.
    static ClosedLogs none(Disk disk, Path directory) {
        return new ClosedLogs(disk, directory, -1);
    }

    private void parse(List<String> lines) {
        for (int at = 1; at < lines.size(); ) {
            String[] head = lines.get(at).split(" ", -1);
            int end = at + 1 + Integer.parseInt(head[2]);
            logs.put(head[1], ClosedLog.parse(lines.subList(at + 1, end)));
            at = end;
        }
    }

    /// For the log that is being opened: it is the owner of what is known from here on.
    synchronized Optional<ClosedLog> take(Uuid topicId, int partition) {
        return Optional.ofNullable(logs.remove(PartitionDirectory.name(topicId, partition)));
    }

    /// Keeps `closed` for [#write()]. False when it is too large for that.
    synchronized boolean add(Uuid topicId, int partition, ClosedLog closed) {
        int lines = closed.checkpoint().segments().size()
                + closed.checkpoint().damage().size()
                + closed.epochs().starts().size()
                + closed.producers().size();
        if (lines > maxLines) return false;
        logs.put(PartitionDirectory.name(topicId, partition), closed);
        return true;
    }

    /// After all logs were closed, before the clean-shutdown marker. The name is durable after a sync of the directory.
    synchronized void write() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(VERSION);
        logs.forEach((name, log) -> {
            List<String> ofLog = log.lines();
            lines.add("log " + name + " " + ofLog.size());
            lines.addAll(ofLog);
        });
        file.write(lines, Sync.BEFORE_RENAME);
        stored = true;
    }

    /// Some log is about to be cut, or to have segments replaced: what the file says about it must not be believed
    /// after a crash. It goes as a whole, durably; the other logs are recovered from their own checkpoints then.
    synchronized void forget() throws IOException {
        if (!stored) return;
        disk.delete(file.path());
        disk.syncDirectory(directory);
        stored = false;
    }
}
