package io.chronik.simulator;

import io.chronik.coordinators.CoordinatorLog;
import io.chronik.coordinators.GroupsPort;
import io.chronik.server.groups.CoordinatorElections;
import io.chronik.server.partitions.ReplicaCoordinatorLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEvent;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEventProcessor;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.apache.kafka.server.util.timer.TimerTaskEntry;
import org.jspecify.annotations.Nullable;

/// The groups of one process: Kafka's coordinator on our writer, loader and log, its threads in virtual time. Built
/// when the process first leads the partition of the groups.
final class SimulatedCoordinator implements CoordinatorElections.Coordinator {
    private static final Map<String, String> SETTINGS = Map.of(
            "group.initial.rebalance.delay.ms", "0",
            "offsets.commit.timeout.ms", "200");

    private final SimulatedProcess process;
    private final VirtualTime time;
    private final Chance chance;
    private final CoordinatorLog log;
    private @Nullable GroupCoordinator coordinator;

    SimulatedCoordinator(SimulatedProcess process, VirtualTime time, Chance chance, ReplicaCoordinatorLog log) {
        this.process = process;
        this.time = time;
        this.chance = chance;
        this.log = new AtOnce(log);
    }

    /// Present as soon as this process has led the groups.
    @Nullable
    GroupCoordinator coordinator() {
        return coordinator;
    }

    @Override
    public void onElection(int partition, int leaderEpoch) {
        GroupCoordinator present = coordinator;
        if (present == null) {
            present = GroupsPort.coordinator(
                    log, SETTINGS, new Events(), new Background(), new VirtualClock(), new VirtualTimer());
            present.startup(() -> 1);
            coordinator = present;
        }
        present.onElection(partition, leaderEpoch);
    }

    @Override
    public void onResignation(int partition, OptionalInt leaderEpoch) {
        if (coordinator != null) coordinator.onResignation(partition, leaderEpoch);
    }

    /// The thread of the coordinator's events.
    private final class Events implements CoordinatorEventProcessor {
        private final Deque<CoordinatorEvent> queue = new ArrayDeque<>();

        @Override
        public void enqueueLast(CoordinatorEvent event) {
            queue.addLast(event);
            schedule();
        }

        @Override
        public void enqueueFirst(CoordinatorEvent event) {
            queue.addFirst(event);
            schedule();
        }

        private void schedule() {
            process.afterUs(chance.percent(2) ? chance.between(0, 20_000) : chance.between(0, 50), () -> {
                CoordinatorEvent next = queue.removeFirst();
                try {
                    next.run();
                } catch (RuntimeException failure) {
                    next.complete(failure);
                }
            });
        }

        @Override
        public void close() {}
    }

    /// Loads, and what may block.
    private final class Background extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            process.afterUs(chance.percent(10) ? chance.between(0, 50_000) : chance.between(0, 500), task);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private final class VirtualClock implements Time {
        @Override
        public long milliseconds() {
            return time.nowMs();
        }

        @Override
        public long nanoseconds() {
            return time.nowUs() * 1_000;
        }

        @Override
        public void sleep(long ms) {
            throw new UnsupportedOperationException();
        }
    }

    private final class VirtualTimer implements Timer {
        @Override
        public void add(TimerTask task) {
            TimerTaskEntry entry = new TimerTaskEntry(task, time.nowMs() + task.delayMs);
            process.afterMs(Math.max(0, task.delayMs), () -> {
                if (!entry.cancelled()) task.run();
            });
        }

        @Override
        public boolean advanceClock(long ms) {
            return false;
        }

        @Override
        public int size() {
            return 0;
        }

        @Override
        public void close() {}
    }

    /// An append waits for its turn on the partition's lane, which here is at once.
    private final class AtOnce implements CoordinatorLog {
        private final CoordinatorLog real;

        AtOnce(CoordinatorLog real) {
            this.real = real;
        }

        @Override
        public long append(TopicPartition partition, MemoryRecords records) {
            return process.waitingForLanes(() -> real.append(partition, records));
        }

        @Override
        public void watch(TopicPartition partition, HighWatermarkListener listener) {
            real.watch(partition, listener);
        }

        @Override
        public void unwatch(TopicPartition partition, HighWatermarkListener listener) {
            real.unwatch(partition, listener);
        }

        @Override
        public Bounds bounds(TopicPartition partition) {
            return real.bounds(partition);
        }

        @Override
        public MemoryRecords read(TopicPartition partition, long fromOffset, int maxBytes) {
            return real.read(partition, fromOffset, maxBytes);
        }

        @Override
        public int maxMessageSizeBytes(TopicPartition partition) {
            return real.maxMessageSizeBytes(partition);
        }

        @Override
        public CompletableFuture<Void> deleteRecords(TopicPartition partition, long offset) {
            return real.deleteRecords(partition, offset);
        }
    }
}
