package io.chronik.log;

import java.io.IOException;

/// What one partition wants durable: every byte written before the task was taken. The syncer calls [#sync()] on
/// its own thread, then hands the task back to the owner's lane.
public interface SyncTask {
    /// Exclusive: what will be durable.
    long endOffset();

    long bytes();

    void sync() throws IOException;
}
