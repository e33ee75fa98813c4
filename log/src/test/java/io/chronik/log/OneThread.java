package io.chronik.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// No thread but the caller's: a sync is done when it is asked for, and background work at once.
public final class OneThread implements LogThreads {
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
        return new DiskSyncer() {
            @Override
            public void requestSync(Client client) {
                SyncTask task = client.syncTask();
                try {
                    round.sync(List.of(task));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                client.onSynced(task);
            }

            @Override
            public void close() {
                round.close();
            }
        };
    }
}
