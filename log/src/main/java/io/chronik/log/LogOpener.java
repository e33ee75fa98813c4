package io.chronik.log;

import io.chronik.log.SegmentedLog.Recovered;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;

/// Puts the parts of one log together.
final class LogOpener {
    private LogOpener() {}

    static SegmentedLog open(
            TopicIdPartition id,
            LogServices services,
            LogSettings settings,
            long nowMs,
            Consumer<PartitionLog> onClosed)
            throws IOException {
        return open(
                new PartitionDirectory(services.disk(), services.partitions(), id),
                id,
                services,
                settings,
                nowMs,
                onClosed);
    }

    static SegmentedLog open(
            PartitionDirectory directory,
            TopicIdPartition id,
            LogServices services,
            LogSettings settings,
            long nowMs,
            Consumer<PartitionLog> onClosed)
            throws IOException {
        Damage damage = new Damage(id);
        IndexFiles files = new IndexFiles(services.disk(), directory);
        SegmentIndexes indexes = new SegmentIndexes(services.indexes(), files, damage, settings.indexIntervalBytes());
        Recovered recovered = new Recovery(services, directory, indexes, damage, settings, nowMs).run();
        return new SegmentedLog(id, services, directory, indexes, settings, recovered, onClosed);
    }
}
