package io.chronik.log;

import io.chronik.log.CheckpointFile.Sync;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what lets recovery begin late and know much: indexes, producer states, epochs, the recovery point. All of
/// it can be rebuilt, so a failure is logged and forgotten. Images are taken on the owner's lane and written on any
/// thread, the newest wins; an image from before a truncation is never written after it.
final class CheckpointWriter {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    private final LogServices services;
    private final PartitionDirectory directory;
    private long validGeneration;
    private long writtenPoint = -1;

    CheckpointWriter(LogServices services, PartitionDirectory directory) {
        this.services = services;
        this.directory = directory;
    }

    /// A log at one moment: everything below the checkpoint's recovery point, nothing above.
    record Image(
            long generation,
            LogCheckpoint checkpoint,
            Optional<GrowingIndex> growing,
            Optional<ProducerSnapshot> producers,
            EpochHistory epochs) {}

    /// The index of the last segment, and how far it belongs to the image.
    record GrowingIndex(long baseOffset, SegmentIndex index, SegmentIndex.Seal seal) {}

    void writeLater(Image image) {
        services.background().execute(() -> writeNow(image, Sync.BEFORE_RENAME));
    }

    synchronized void writeNow(Image image, Sync sync) {
        if (image.generation < validGeneration || image.checkpoint.recoveryPoint() < writtenPoint) return;
        try {
            write(image, sync);
            writtenPoint = image.checkpoint.recoveryPoint();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory.path()).setCause(e).log("checkpoint not written");
        }
    }

    /// The log is closed as `image` has it: kept with the others', or in files of its own.
    synchronized void onClosed(Image image) {
        if (image.generation < validGeneration || image.checkpoint.recoveryPoint() < writtenPoint) return;
        if (!directory.isCreated()) return;
        if (!services.closedLogs().add(directory.topicId(), directory.partition(), closed(image))) {
            writeNow(image, Sync.LATER);
            return;
        }
        try {
            writeGrowingIndex(image);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory.path()).setCause(e).log("index not written");
        }
    }

    private static ClosedLog closed(Image image) {
        List<ProducerEntry> producers =
                image.producers.map(ProducerSnapshot::entries).orElse(List.of());
        return new ClosedLog(image.checkpoint, image.epochs, producers);
    }

    private void writeGrowingIndex(Image image) throws IOException {
        if (image.growing.isEmpty()) return;
        GrowingIndex growing = image.growing.get();
        new IndexFiles(services.disk(), directory).write(growing.baseOffset, growing.index, growing.seal);
    }

    private void write(Image image, Sync sync) throws IOException {
        if (!directory.isCreated()) return;
        Disk disk = services.disk();
        writeGrowingIndex(image);
        if (image.producers.isPresent()) image.producers.get().write(disk, directory, sync);
        new SmallFiles(disk, directory).writeEpochs(image.epochs, sync);
        image.checkpoint.write(disk, directory, sync);
    }

    /// Before a truncation: what was written about offsets that will be cut must not be believed after a crash.
    /// Durable when this returns. Only images of `generation` and later are written from now on.
    synchronized void invalidate(long generation) throws IOException {
        validGeneration = generation;
        writtenPoint = -1;
        services.closedLogs().forget();
        for (String name : List.of(
                LogCheckpoint.FILE, LogCheckpoint.UNSYNCED_FILE, ProducerSnapshot.FILE, SmallFiles.LEADER_EPOCHS)) {
            services.disk().delete(directory.file(name));
        }
        directory.sync();
    }

    /// Before segments are replaced: only images of `generation` and later are written from now on, also when their
    /// recovery point is lower.
    synchronized void restart(long generation) throws IOException {
        services.closedLogs().forget();
        validGeneration = generation;
        writtenPoint = -1;
    }

    /// The log is gone: nothing is written any more.
    synchronized void stop() {
        validGeneration = Long.MAX_VALUE;
    }
}
