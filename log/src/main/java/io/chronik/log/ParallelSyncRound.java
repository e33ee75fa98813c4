package io.chronik.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One fdatasync per task, on a few threads; the syncer's own thread takes part, so that a round of one task
/// involves no other. Its threads are never interrupted.
final class ParallelSyncRound implements SyncRound {
    private final int helperCount;
    private final ExecutorService helpers;

    ParallelSyncRound(int threads, ThreadFactory threadFactory) {
        this.helperCount = Math.max(0, threads - 1);
        this.helpers = Executors.newFixedThreadPool(Math.max(1, helperCount), threadFactory);
    }

    @Override
    public void sync(List<SyncTask> tasks) throws IOException {
        int helping = Math.min(helperCount, tasks.size() - 1);
        Round round = new Round(tasks, helping);
        for (int i = 0; i < helping; i++) helpers.execute(round::help);
        round.work();
        round.finish();
    }

    private static final class Round {
        private final List<SyncTask> tasks;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CountDownLatch helping;

        Round(List<SyncTask> tasks, int helping) {
            this.tasks = new ArrayList<>(tasks);
            this.helping = new CountDownLatch(helping);
        }

        void help() {
            work();
            helping.countDown();
        }

        void work() {
            while (failure.get() == null) {
                int mine = next.getAndIncrement();
                if (mine >= tasks.size()) return;
                try {
                    tasks.get(mine).sync();
                } catch (IOException | RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
            }
        }

        void finish() throws IOException {
            awaitHelpers();
            Throwable first = failure.get();
            if (first != null) throw new IOException("sync failed: " + first.getMessage(), first);
        }

        private void awaitHelpers() throws IOException {
            try {
                helping.await();
            } catch (InterruptedException e) {
                throw new IOException("the syncer was interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        helpers.shutdown();
        try {
            if (!helpers.awaitTermination(1, TimeUnit.MINUTES)) throw new IllegalStateException("a sync hangs");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
