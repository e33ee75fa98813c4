package io.chronik.server.fetch;

import io.chronik.base.Lane;
import io.chronik.replication.HighWatermarkListener;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/// A fetch from its arrival to its answer: reads at once, and when that is too little waits until a high watermark
/// moves or the time is over. Woken by the partitions, never by a poll.
///
/// Its state belongs to the connection's event loop; partitions and the timer only post to it.
final class WaitingFetch {
    /// Longer waits are answered early and empty, so that what a vanished client left behind is soon gone.
    private static final int MAX_WAIT_MS = 60_000;

    /// What the client settles for.
    record Terms(int maxWaitMs, int minBytes, int maxBytes, PartitionReader.Client client) {
        /// A response is no longer, unless the client insists: Linux lets a socket's send buffer grow to as much
        /// (tcp_wmem). What does not fit is sent in pieces, with a wake-up here and at the client for each.
        private static final int BUFFERED_BYTES = 4 << 20;

        /// `nodeMaxBytes`: the node's own bound (fetch.max.bytes).
        static Terms of(FetchRequest fetch, int nodeMaxBytes) {
            int boundBytes = Math.min(nodeMaxBytes, Math.max(fetch.minBytes(), BUFFERED_BYTES));
            int maxBytes = Math.min(fetch.maxBytes(), boundBytes);
            return new Terms(fetch.maxWait(), fetch.minBytes(), maxBytes, PartitionReader.Client.of(fetch));
        }
    }

    private final ClientRequest request;
    private final List<FetchTarget> targets;
    private final Terms terms;
    private final PartitionReader reader;
    private final Lane timers;
    private final Consumer<List<FetchedPartition>> answer;
    private final List<Watch> watches = new ArrayList<>();
    private final AtomicBoolean recheckPosted = new AtomicBoolean();
    private volatile boolean done;
    private Lane.@Nullable Timer timer;

    WaitingFetch(
            ClientRequest request,
            List<FetchTarget> targets,
            Terms terms,
            PartitionReader reader,
            Lane timers,
            Consumer<List<FetchedPartition>> answer) {
        this.request = request;
        this.targets = targets;
        this.terms = terms;
        this.reader = reader;
        this.timers = timers;
        this.answer = answer;
    }

    void start() {
        List<FetchedPartition> results = reader.readAll(targets, terms.maxBytes, terms.client);
        if (terms.maxWaitMs <= 0 || targets.isEmpty() || satisfied(results)) {
            answer.accept(results);
            return;
        }
        results.forEach(FetchedPartition::release);
        for (FetchedPartition result : results) {
            if (result.replica() != null && result.seen() != null) {
                watches.add(new Watch(result.replica(), result.seen()));
            }
        }
        timer = timers.after(Math.min(terms.maxWaitMs, MAX_WAIT_MS), this::onTimeOver);
        watches.forEach(Watch::start);
    }

    private boolean satisfied(List<FetchedPartition> results) {
        long bytes = 0;
        for (FetchedPartition result : results) {
            if (result.urgent()) return true;
            bytes += result.sizeBytes();
        }
        return bytes >= terms.minBytes;
    }

    /// Looks at one partition. Runs on that partition's lane.
    private final class Watch implements HighWatermarkListener {
        private final Partition partition;
        private volatile PartitionView seen;

        Watch(Partition partition, PartitionView seen) {
            this.partition = partition;
            this.seen = seen;
        }

        void start() {
            partition.lane().execute(() -> partition.addListener(this));
        }

        void stop() {
            partition.lane().execute(() -> partition.removeListener(this));
        }

        @Override
        public void onChange(PartitionView view) {
            PartitionView before = seen;
            boolean news = view.highWatermark() != before.highWatermark()
                    || view.role() != before.role()
                    || view.leaderEpoch() != before.leaderEpoch();
            if (!news) return;
            seen = view;
            if (!done && recheckPosted.compareAndSet(false, true)) {
                request.connection().eventLoop().execute(WaitingFetch.this::recheck);
            }
        }
    }

    private void recheck() {
        recheckPosted.set(false);
        if (done) return;
        List<FetchedPartition> results = reader.readAll(targets, terms.maxBytes, terms.client);
        if (satisfied(results)) finish(results);
        else results.forEach(FetchedPartition::release);
    }

    /// On the timers' lane. Stops watching here, because a closed connection's event loop runs nothing any more.
    private void onTimeOver() {
        watches.forEach(Watch::stop);
        request.connection().eventLoop().execute(() -> {
            if (!done) finish(reader.readAll(targets, terms.maxBytes, terms.client));
        });
    }

    private void finish(List<FetchedPartition> results) {
        done = true;
        if (timer != null) timer.cancel();
        watches.forEach(Watch::stop);
        answer.accept(results);
    }
}
