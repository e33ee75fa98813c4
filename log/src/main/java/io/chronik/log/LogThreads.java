package io.chronik.log;

import java.util.concurrent.Executor;

/// Where a log directory has its work done that no owner of a log may wait for. Whoever opens the directory decides:
/// threads, or turns of a simulator that has only one. In a simulation [LogStoreOptions#syncThreads()] is 1, and the
/// background runs its tasks at once or there is no commit journal: who needs the journal's files waits for it.
public interface LogThreads {
    /// Made once for each name.
    Background background(String name);

    /// Makes what is asked of it durable by `round`, and closes that with itself.
    DiskSyncer syncer(SyncRound round, DiskSyncer.Listener listener);

    /// Runs one task at a time, in the order in which they came.
    interface Background extends Executor, AutoCloseable {
        /// Runs `task` once, unless [#close()] comes first.
        void after(long delayMs, Runnable task);

        /// Finishes what was asked for, but for what is delayed.
        @Override
        void close();
    }

    /// Daemon threads of the platform.
    static LogThreads ofPlatform() {
        return new LogThreads() {
            @Override
            public Background background(String name) {
                return new LogBackground(name);
            }

            @Override
            public DiskSyncer syncer(SyncRound round, DiskSyncer.Listener listener) {
                return new GroupCommitSyncer(
                        round, Thread.ofPlatform().name("log-syncer").daemon().factory(), listener);
            }
        };
    }
}
