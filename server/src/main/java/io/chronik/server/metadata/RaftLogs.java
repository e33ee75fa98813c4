package io.chronik.server.metadata;

import io.chronik.log.FileDisk;
import io.chronik.log.LogThreads;
import io.chronik.server.metadata.raft.OwnRaftLog;
import org.apache.kafka.raft.RaftLog;

/// Opens the metadata log: the one place that says which implementation it is.
final class RaftLogs {
    private RaftLogs() {}

    /// Recovers the log first; blocks on the disk.
    static RaftLog open(MetadataDirectory directory, RaftSettings.Sizes sizes) {
        return OwnRaftLog.open(
                new FileDisk(), directory.log(), sizes.segmentBytes(), sizes.retentionBytes(), LogThreads.ofPlatform());
    }
}
