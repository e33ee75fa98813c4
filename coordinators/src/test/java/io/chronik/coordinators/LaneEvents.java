package io.chronik.coordinators;

import io.chronik.base.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEvent;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEventProcessor;

/// The coordinator's events, each partition's on a lane of its own. Not thread-safe.
final class LaneEvents implements CoordinatorEventProcessor {
    private final Supplier<Lane> lanes;
    private final Map<TopicPartition, OfPartition> partitions = new LinkedHashMap<>();
    private boolean closed;

    LaneEvents(Supplier<Lane> lanes) {
        this.lanes = lanes;
    }

    private record OfPartition(Lane lane, Deque<CoordinatorEvent> waiting) {
        /// One for each that was added, whatever their order.
        void schedule() {
            lane.execute(() -> {
                CoordinatorEvent next = waiting.poll();
                if (next != null) run(next);
            });
        }

        private static void run(CoordinatorEvent event) {
            try {
                event.run();
            } catch (RuntimeException | Error failure) {
                event.complete(failure);
            }
        }
    }

    @Override
    public void enqueueLast(CoordinatorEvent event) {
        OfPartition partition = of(event.key());
        partition.waiting.addLast(event);
        partition.schedule();
    }

    @Override
    public void enqueueFirst(CoordinatorEvent event) {
        OfPartition partition = of(event.key());
        partition.waiting.addFirst(event);
        partition.schedule();
    }

    private OfPartition of(TopicPartition key) {
        if (closed) throw new RejectedExecutionException("closed");
        return partitions.computeIfAbsent(key, k -> new OfPartition(lanes.get(), new ArrayDeque<>()));
    }

    /// Who waits is refused.
    @Override
    public void close() {
        closed = true;
        for (OfPartition partition : partitions.values()) {
            for (CoordinatorEvent event : partition.waiting) event.complete(new RejectedExecutionException("closed"));
            partition.waiting.clear();
        }
    }
}
