package io.chronik.server.metadata.raft;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.raft.RaftLog;
import org.junit.jupiter.api.io.TempDir;

/// The reference: when this fails, it is the contract that is wrong.
class StockRaftLogTest extends RaftLogContract {
    @TempDir
    Path parent;

    @Override
    RaftLog open() throws IOException {
        return StockRaftLog.open(parent.resolve("__cluster_metadata-0"));
    }
}
