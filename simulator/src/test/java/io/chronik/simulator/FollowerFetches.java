package io.chronik.simulator;

import io.chronik.log.LogFailure;
import io.chronik.log.LogSlice;
import io.chronik.log.OffsetOutOfRange;
import io.chronik.replication.FetchPoint;
import io.chronik.replication.Fetched;
import io.chronik.replication.FollowerCheck;
import io.chronik.replication.FollowerPosition;
import io.chronik.replication.HighWatermarkListener;
import io.chronik.replication.LogEndListener;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/// The leader's side of replication for one partition, in place of the server's sessions: answers a follower when
/// there is something for it, reading outside the partition's lane from a state that may be old by then.
final class FollowerFetches implements LogEndListener, HighWatermarkListener {
    interface Reply {
        void on(Fetched fetched);
    }

    private static final class Waiting {
        final FetchPoint point;
        final Reply reply;
        boolean answered;

        Waiting(FetchPoint point, Reply reply) {
            this.point = point;
            this.reply = reply;
        }

        void answer(Fetched fetched) {
            if (answered) return;
            answered = true;
            reply.on(fetched);
        }
    }

    private final Cluster cluster;
    private final SimulatedProcess process;
    private final Chance chance;
    private final Partition partition;
    private List<Waiting> waiting = new ArrayList<>();

    FollowerFetches(Cluster cluster, SimulatedProcess process, Chance chance, Partition partition) {
        this.cluster = cluster;
        this.process = process;
        this.chance = chance;
        this.partition = partition;
        partition.lane().execute(() -> {
            partition.addEndListener(this);
            partition.addListener(this);
        });
    }

    boolean isOf(Partition other) {
        return partition == other;
    }

    static Fetched failed(FetchPoint point, Errors error) {
        return new Fetched.Failed(point.fetchId(), error);
    }

    void onFetch(int from, long nodeEpoch, FetchPoint point, Reply reply) {
        partition.lane().execute(() -> {
            cluster.oracle().onPosition(partition, from, point);
            Waiting asked = new Waiting(point, reply);
            FollowerCheck check = partition.onFollowerFetch(new FollowerPosition(
                    from,
                    nodeEpoch,
                    point.leaderEpoch(),
                    point.fetchOffset(),
                    point.lastFetchedEpoch(),
                    point.logStartOffset()));
            switch (check) {
                case FollowerCheck.Serve(PartitionView view) -> serveOrWait(asked, view);
                case FollowerCheck.Diverged diverged ->
                    asked.answer(new Fetched.Diverged(
                            point.fetchId(),
                            diverged.end().epoch(),
                            diverged.end().endOffset()));
                case FollowerCheck.OutOfRange(long start, long end) ->
                    asked.answer(new Fetched.OutOfRange(point.fetchId(), start, end));
                case FollowerCheck.Refused(Errors error) -> asked.answer(failed(point, error));
            }
        });
    }

    private void serveOrWait(Waiting asked, PartitionView view) {
        if (hasSomething(asked, view)) {
            serve(asked);
            return;
        }
        waiting.add(asked);
        process.afterMs(chance.between(20, 100), () -> serve(asked));
    }

    private static boolean hasSomething(Waiting asked, PartitionView view) {
        return view.log().endOffset() > asked.point.fetchOffset() || view.highWatermark() > asked.point.highWatermark();
    }

    @Override
    public void onLogEnd(PartitionView view) {
        wake();
    }

    @Override
    public void onChange(PartitionView view) {
        wake();
    }

    private void wake() {
        List<Waiting> woken = waiting;
        waiting = new ArrayList<>();
        for (Waiting each : woken) if (!each.answered) serve(each);
    }

    /// Reads a little later, from the state of then, and answers later still.
    private void serve(Waiting asked) {
        process.afterUs(chance.between(0, 200), () -> {
            if (asked.answered) return;
            PartitionView view = partition.view();
            process.afterUs(
                    chance.percent(5) ? chance.between(0, 20_000) : 0, () -> asked.answer(read(asked.point, view)));
        });
    }

    private Fetched read(FetchPoint point, PartitionView view) {
        if (!view.leading() || view.leaderEpoch() != point.leaderEpoch()) {
            return failed(point, Errors.NOT_LEADER_OR_FOLLOWER);
        }
        int maxBytes = (int) chance.between(100, 4_000);
        try (LogSlice slice = view.log().read(point.fetchOffset(), Long.MAX_VALUE, maxBytes, true)) {
            return new Fetched.Records(
                    point.fetchId(),
                    MemoryRecords.readableRecords(slice.copy()),
                    view.highWatermark(),
                    view.log().startOffset());
        } catch (OffsetOutOfRange e) {
            return new Fetched.OutOfRange(
                    point.fetchId(), view.log().startOffset(), view.log().endOffset());
        } catch (LogFailure | IOException e) {
            // Its files went while it was read: the log was cut or deleted by a later event.
            return failed(point, Errors.KAFKA_STORAGE_ERROR);
        }
    }
}
