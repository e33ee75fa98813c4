package io.chronik.simulator;

import io.chronik.log.DiskSyncer;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStore;
import io.chronik.log.PartitionLog;
import io.chronik.log.SimulatedLogs;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/// A log directory on a simulated disk, as the partitions' owner sees it.
record SimulatedStore(SimulatedLogs logs, DiskSyncer syncer, Uuid directoryId) implements LogStore {
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
        return logs.highWatermark(log);
    }

    @Override
    public void noteHighWatermark(TopicIdPartition id, long highWatermark) {
        logs.noteHighWatermark(id, highWatermark);
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
    public void writeHighWatermarks() {
        logs.writeHighWatermarks();
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
