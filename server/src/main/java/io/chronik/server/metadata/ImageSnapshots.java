package io.chronik.server.metadata;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.ImageSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.snapshot.SnapshotReader;
import org.apache.kafka.snapshot.SnapshotWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the image to disk every so many entries, on the background thread while the log goes on, and lets go of the
/// log behind it. Owned by the Raft thread but for `written`.
final class ImageSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(ImageSnapshots.class);
    private static final int BYTES_PER_APPEND = 1 << 20;

    private final KafkaRaftClient<RaftEntry> client;
    private final RaftLog log;
    private final Scheduler background;
    private final SnapshotSchedule schedule;

    private long lastSnapshotIndex = -1;
    private int lastEpoch;
    private long lastTimestamp;
    private boolean writing;
    private volatile boolean written;

    ImageSnapshots(KafkaRaftClient<RaftEntry> client, RaftLog log, Scheduler background, SnapshotSchedule schedule) {
        this.client = client;
        this.log = log;
        this.background = background;
        this.schedule = schedule;
    }

    void onApplied(Batch<RaftEntry> batch) {
        lastEpoch = batch.epoch();
        lastTimestamp = batch.appendTimestamp();
    }

    void onLoaded(SnapshotReader<RaftEntry> snapshot) {
        lastSnapshotIndex = snapshot.lastContainedLogOffset();
        lastEpoch = snapshot.lastContainedLogEpoch();
        lastTimestamp = snapshot.lastContainedLogTimestamp();
    }

    /// Between two polls the image stands at the end of a batch, as the library wants it for a snapshot.
    void afterPoll(AppliedImage applied) {
        if (written) {
            written = false;
            writing = false;
            log.maybeClean();
        }
        ClusterImage image = applied.current();
        if (writing || !schedule.due(lastSnapshotIndex, image.appliedIndex())) return;
        writing = true;
        lastSnapshotIndex = image.appliedIndex();
        OffsetAndEpoch id = new OffsetAndEpoch(image.appliedIndex() + 1, lastEpoch);
        long timestamp = lastTimestamp;
        var _ = background.scheduleOnce("write-metadata-snapshot", () -> write(id, timestamp, image));
    }

    private void write(OffsetAndEpoch id, long timestamp, ClusterImage image) {
        try {
            client.createSnapshot(id, timestamp).ifPresent(writer -> write(writer, image));
        } catch (RuntimeException e) {
            // The log still has everything, so only the next start is slower; the next round tries again.
            LOG.atWarn().setCause(e).addKeyValue("index", image.appliedIndex()).log("metadata snapshot not written");
        } finally {
            written = true;
        }
    }

    private static void write(SnapshotWriter<RaftEntry> writer, ClusterImage image) {
        try (writer) {
            Gathered gathered = new Gathered(writer);
            ImageSnapshot.write(image, command -> gathered.add(RaftEntry.of(command)));
            gathered.flush();
            long sizeBytes = writer.freeze();
            LOG.atInfo()
                    .addKeyValue("index", image.appliedIndex())
                    .addKeyValue("sizeBytes", sizeBytes)
                    .log("metadata snapshot written");
        }
    }

    /// Entries on their way into the snapshot, a batch of about a mebibyte at a time.
    private static final class Gathered {
        private final SnapshotWriter<RaftEntry> writer;
        private final List<RaftEntry> entries = new ArrayList<>();
        private int sizeBytes;

        Gathered(SnapshotWriter<RaftEntry> writer) {
            this.writer = writer;
        }

        void add(RaftEntry entry) {
            entries.add(entry);
            sizeBytes += entry.sizeBytes();
            if (sizeBytes >= BYTES_PER_APPEND) flush();
        }

        void flush() {
            if (!entries.isEmpty()) writer.append(List.copyOf(entries));
            entries.clear();
            sizeBytes = 0;
        }
    }
}
