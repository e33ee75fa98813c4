package io.chronik.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directory of one partition, `<topic uuid>-<partition>`: no user text becomes a path. It is created with the
/// first write, not before, and made durable with the first sync, not before: nothing is acknowledged until then.
final class PartitionDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionDirectory.class);

    static final String DELETED_SUFFIX = ".deleted";
    static final String METADATA = "partition.metadata";
    static final String LOG_SUFFIX = ".log";
    static final String INDEX_SUFFIX = ".index";
    static final String TIME_INDEX_SUFFIX = ".timeindex";

    private final Disk disk;
    private final DirectorySync parent;
    private final Path path;
    private final TopicIdPartition id;
    private volatile boolean created;
    private volatile boolean durable;

    PartitionDirectory(Disk disk, DirectorySync parent, TopicIdPartition id) throws IOException {
        this(disk, parent, parent.directory().resolve(name(id.topicId(), id.partition())), id);
    }

    /// With a name of its own, in `parent`.
    PartitionDirectory(Disk disk, DirectorySync parent, Path path, TopicIdPartition id) throws IOException {
        this.disk = disk;
        this.parent = parent;
        this.path = path;
        this.id = id;
        this.created = disk.exists(path);
    }

    static String name(Uuid topicId, int partition) {
        return topicId + "-" + partition;
    }

    Uuid topicId() {
        return id.topicId();
    }

    int partition() {
        return id.partition();
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /// `00000000000000000042.log` and the like.
    Path file(long baseOffset, String suffix) {
        return segment(path, baseOffset, suffix);
    }

    /// The same in any partition's directory.
    static Path segment(Path directory, long baseOffset, String suffix) {
        return directory.resolve(String.format(Locale.ROOT, "%020d%s", baseOffset, suffix));
    }

    List<String> list() throws IOException {
        return created ? disk.list(path) : List.of();
    }

    boolean isCreated() {
        return created;
    }

    /// Creates it unless it exists. On the owner's lane.
    void create() throws IOException {
        if (created) return;
        disk.createDirectories(path);
        if (!disk.exists(file(METADATA))) writeMetadata();
        created = true;
    }

    private void writeMetadata() throws IOException {
        checkpoint()
                .write(
                        List.of(
                                "topic_id " + id.topicId(),
                                "partition " + id.partition(),
                                "topic " + id.topicPartition().topic()),
                        CheckpointFile.Sync.LATER);
    }

    /// Makes every name in it durable, and its own. On a syncer thread.
    void sync() throws IOException {
        complete();
        if (!durable) checkpoint().sync();
        FailedSync.check(() -> disk.syncDirectory(path));
        if (!durable) parent.sync();
        durable = true;
    }

    /// Writes what a crash may have left out. On a syncer thread.
    void complete() throws IOException {
        if (!durable && !disk.exists(file(METADATA))) writeMetadata();
    }

    /// A sync of the whole file system covered it and every name in it. On a syncer thread.
    void onDurable() {
        durable = true;
    }

    /// Whose directory has this name, when it is one.
    static Optional<LogStore.Stored> identify(String name) {
        int dash = name.lastIndexOf('-');
        if (dash < 0) return Optional.empty();
        try {
            Uuid topicId = Uuid.fromString(name.substring(0, dash));
            return Optional.of(new LogStore.Stored(topicId, Integer.parseInt(name.substring(dash + 1))));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private CheckpointFile checkpoint() {
        return new CheckpointFile(disk, file(METADATA));
    }

    /// Gets out of the way at once; the files are unlinked by `background`.
    void deleteLater(Executor background) throws IOException {
        if (!created) return;
        created = false;
        durable = false;
        Path doomed = path.resolveSibling(path.getFileName() + DELETED_SUFFIX);
        disk.rename(path, doomed);
        background.execute(() -> {
            try {
                deleteTree(disk, doomed);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("directory", doomed).setCause(e).log("partition not deleted");
            }
        });
    }

    static void deleteTree(Disk disk, Path path) throws IOException {
        for (String name : disk.list(path)) disk.delete(path.resolve(name));
        disk.delete(path);
    }
}
