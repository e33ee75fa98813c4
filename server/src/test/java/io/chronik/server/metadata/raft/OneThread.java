package io.chronik.server.metadata.raft;

import io.chronik.log.DiskSyncer;
import io.chronik.log.LogThreads;
import io.chronik.log.SyncRound;

/// What is to be done in the background is done at once.
final class OneThread implements LogThreads {
    @Override
    public Background background(String name) {
        return new Background() {
            @Override
            public void execute(Runnable task) {
                task.run();
            }

            @Override
            public void after(long delayMs, Runnable task) {}

            @Override
            public void close() {}
        };
    }

    @Override
    public DiskSyncer syncer(SyncRound round, DiskSyncer.Listener listener) {
        throw new UnsupportedOperationException("a log that is alone has no syncer");
    }
}
