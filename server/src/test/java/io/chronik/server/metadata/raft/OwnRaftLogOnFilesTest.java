package io.chronik.server.metadata.raft;

import io.chronik.log.FileDisk;
import io.chronik.log.LogThreads;
import java.nio.file.Path;
import org.apache.kafka.raft.RaftLog;
import org.junit.jupiter.api.io.TempDir;

class OwnRaftLogOnFilesTest extends RaftLogContract {
    @TempDir
    Path parent;

    @Override
    RaftLog open() {
        return OwnRaftLog.open(
                new FileDisk(),
                parent.resolve("__cluster_metadata-0"),
                SEGMENT_BYTES,
                RETENTION_BYTES,
                LogThreads.ofPlatform());
    }
}
