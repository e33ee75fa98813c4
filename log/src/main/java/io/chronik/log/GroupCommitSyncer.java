package io.chronik.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The syncer of one log directory: one thread that takes everybody who asked, makes them durable in one
/// [SyncRound], and tells them. Who asks while a round runs is in the next one. Clients are compared by identity,
/// that is, they do not define `equals`. The queue holds each client at most once, so partitions bound it.
///
/// The first failed round is the last: nothing of it or after it is reported durable.
public final class GroupCommitSyncer implements DiskSyncer {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitSyncer.class);

    private final SyncRound round;
    private final Listener listener;
    private final Thread thread;
    private final Set<Client> waiting = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Client> queue = new ConcurrentLinkedQueue<>();

    /// The thread is, or is about to be, parked: who adds work wakes it.
    private volatile boolean parked;

    private volatile boolean closing;
    private volatile boolean failed;

    GroupCommitSyncer(SyncRound round, ThreadFactory threadFactory, Listener listener) {
        this.round = round;
        this.listener = listener;
        this.thread = threadFactory.newThread(this::run);
        thread.start();
    }

    @Override
    public void requestSync(Client client) {
        if (!waiting.add(client)) return;
        queue.add(client);
        if (parked) LockSupport.unpark(thread);
    }

    private void run() {
        while (!failed) {
            if (!queue.isEmpty()) runRound();
            else if (closing) return;
            else park();
        }
        queue.clear();
    }

    private void park() {
        parked = true;
        if (queue.isEmpty() && !closing) LockSupport.park(this);
        parked = false;
    }

    private void runRound() {
        try {
            long beginNs = System.nanoTime();
            List<Client> clients = takeWaiting();
            List<SyncTask> tasks = new ArrayList<>(clients.size());
            long bytes = 0;
            for (Client client : clients) {
                SyncTask task = client.syncTask();
                tasks.add(task);
                bytes += task.bytes();
            }
            round.sync(tasks);
            for (int i = 0; i < clients.size(); i++) clients.get(i).onSynced(tasks.get(i));
            listener.onRound(clients.size(), bytes, System.nanoTime() - beginNs);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /// A client may ask again from the moment it is taken: what it writes from then on belongs to the next round.
    private List<Client> takeWaiting() {
        List<Client> clients = new ArrayList<>();
        for (Client client = queue.poll(); client != null; client = queue.poll()) {
            waiting.remove(client);
            clients.add(client);
        }
        return clients;
    }

    private void fail(Throwable cause) {
        failed = true;
        LOG.atError().setCause(cause).log("sync failed, nothing of this round is acknowledged");
        listener.onSyncFailed(cause);
    }

    @Override
    public void close() {
        if (closing) return;
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        round.close();
    }
}
