package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitSyncerTest {
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> rounds = new ConcurrentLinkedQueue<>();
    private final CountDownLatch firstRoundMayEnd = new CountDownLatch(1);
    private final CountDownLatch firstRoundRuns = new CountDownLatch(1);
    private volatile boolean failing;

    private final GroupCommitSyncer syncer = new GroupCommitSyncer(
            new ParallelSyncRound(3, Thread.ofPlatform().daemon().factory()),
            Thread.ofPlatform().daemon().factory(),
            new DiskSyncer.Listener() {
                @Override
                public void onSyncFailed(Throwable cause) {
                    failures.add(cause);
                }

                @Override
                public void onRound(int clients, long bytes, long durationNs) {
                    rounds.add(clients);
                }
            });

    @AfterEach
    void tearDown() {
        firstRoundMayEnd.countDown();
        syncer.close();
    }

    private final class Client implements DiskSyncer.Client, SyncTask {
        private final AtomicInteger synced = new AtomicInteger();

        @Override
        public SyncTask syncTask() {
            return this;
        }

        @Override
        public void onSynced(SyncTask task) {
            synced.incrementAndGet();
        }

        @Override
        public long endOffset() {
            return 1;
        }

        @Override
        public long bytes() {
            return 10;
        }

        @Override
        public void beforeFileSystemSync() {}

        @Override
        public void afterFileSystemSync() {}

        @Override
        public Optional<JournalPart> journalPart() {
            return Optional.empty();
        }

        @Override
        public void onJournaled() {}

        @Override
        public void onSyncFailed(Throwable cause) {}

        @Override
        public void sync() throws IOException {
            firstRoundRuns.countDown();
            try {
                firstRoundMayEnd.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (failing) throw new IOException("Input/output error");
        }
    }

    @Test
    void gathersWhoAsksWhileARoundRunsInTheNextOne() throws InterruptedException {
        // Given
        Client first = new Client();
        List<Client> others = List.of(new Client(), new Client(), new Client());
        syncer.requestSync(first);
        firstRoundRuns.await();

        // When
        for (int i = 0; i < 10; i++) others.forEach(syncer::requestSync);
        syncer.requestSync(first);
        firstRoundMayEnd.countDown();

        // Then
        await().until(() -> rounds.size() == 2);
        assertThat(rounds).containsExactly(1, 4);
        assertThat(others).allSatisfy(client -> assertThat(client.synced).hasValue(1));
        assertThat(first.synced).hasValue(2);
    }

    @Test
    void neverReportsAnythingDurableAfterAFailure() {
        // Given
        failing = true;
        Client failed = new Client();
        Client later = new Client();
        syncer.requestSync(failed);
        firstRoundMayEnd.countDown();
        await().until(() -> !failures.isEmpty());

        // When
        failing = false;
        syncer.requestSync(later);
        syncer.close();

        // Then
        assertThat(failed.synced).hasValue(0);
        assertThat(later.synced).hasValue(0);
        assertThat(failures).hasSize(1);
        assertThat(rounds).isEmpty();
    }
}
