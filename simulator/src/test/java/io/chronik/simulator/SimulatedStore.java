package io.chronik.simulator;

import io.chronik.log.DiskSyncer;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStore;
import io.chronik.log.PartitionLog;
import io.chronik.log.SimulatedLogs;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/// A node's log directory in one process, as its owners know it.
final class SimulatedStore implements LogStore {
    private final SimulatedLogs logs;
    private final DiskSyncer syncer;
    private final Uuid directoryId;
    private final ObjLongConsumer<TopicIdPartition> onOpened;

    /// `onOpened` is told with which high watermark a replica opens.
    SimulatedStore(
            SimulatedLogs logs, DiskSyncer syncer, Uuid directoryId, ObjLongConsumer<TopicIdPartition> onOpened) {
        this.logs = logs;
        this.syncer = syncer;
        this.directoryId = directoryId;
        this.onOpened = onOpened;
    }

    @Override
    public List<Stored> stored() {
        return logs.stored();
    }

    @Override
    public PartitionLog openOrCreate(TopicIdPartition id, LogSettings settings, long nowMs) {
        return logs.openOrCreate(id, settings, nowMs);
    }

    @Override
    public void quarantine(Uuid topicId, int partition, long nowMs) {
        logs.setAside(topicId, partition, nowMs);
    }

    @Override
    public void deleteOldQuarantine(long nowMs) {}

    @Override
    public long highWatermark(PartitionLog log) {
        long highWatermark = logs.highWatermark(log);
        onOpened.accept(log.id(), highWatermark);
        return highWatermark;
    }

    @Override
    public long writtenHighWatermark(TopicIdPartition id) {
        return logs.writtenHighWatermark(id);
    }

    @Override
    public void forgetHighWatermark(TopicIdPartition id) {
        logs.forgetHighWatermark(id);
    }

    @Override
    public boolean isThere(TopicIdPartition id) {
        return logs.isThere(id);
    }

    @Override
    public void noteHighWatermark(TopicIdPartition id, long highWatermark) {
        logs.noteHighWatermark(id, highWatermark);
    }

    @Override
    public void writeHighWatermarks() {
        logs.writeHighWatermarks();
    }

    @Override
    public DiskSyncer syncer() {
        return syncer;
    }

    @Override
    public Uuid directoryId() {
        return directoryId;
    }

    @Override
    public boolean startedClean() {
        return false;
    }

    @Override
    public Usage usage() {
        return new Usage(0, 0, 0);
    }

    @Override
    public void close() {
        logs.close();
    }
}
