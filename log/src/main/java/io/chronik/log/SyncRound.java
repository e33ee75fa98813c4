package io.chronik.log;

import java.io.IOException;
import java.util.List;

/// How the tasks of one round become durable together. Called on the syncer thread, never twice at once.
public interface SyncRound extends AutoCloseable {
    /// Returns when all of them are durable; throws the first failure.
    void sync(List<SyncTask> tasks) throws IOException;

    @Override
    void close();
}
