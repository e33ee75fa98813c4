package io.chronik.log;

import io.chronik.log.AppendResult.Duplicate;
import io.chronik.log.AppendResult.Rejected;
import io.chronik.log.LogView.ActiveProducer;
import io.chronik.log.ProducerEntry.Batch;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/// The idempotent producers of one partition (KIP-98). Changed by the partition's owner only; entries are
/// immutable, so that [#active()] may be asked on any thread. Bounded: when there are too many, those idle for
/// longest are forgotten.
final class ProducerStates {
    private final int limit;
    private final Map<Long, ProducerEntry> entries = new ConcurrentHashMap<>(1);

    ProducerStates(int limit) {
        this.limit = limit;
    }

    /// What to answer instead of appending the client's batch at `at`: empty when it is the producer's next one.
    ///
    /// Of an unknown producer it is any batch: its records may have been removed, or it has expired. Unless the
    /// state is `complete`: then one that does not begin with sequence 0 has overtaken others, which were refused
    /// a moment before, when another node led or too few replicas were in sync. Once it is taken they never are.
    Optional<AppendResult> check(ByteBuffer buffer, int at, boolean logAppendTime, BooleanSupplier complete) {
        ProducerEntry entry = entries.get(BatchHeader.producerId(buffer, at));
        short epoch = BatchHeader.producerEpoch(buffer, at);
        int firstSequence = BatchHeader.baseSequence(buffer, at);
        if (entry == null) {
            return firstSequence > 0 && complete.getAsBoolean()
                    ? Optional.of(new Rejected(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, unknown(buffer, at)))
                    : Optional.empty();
        }
        if (epoch < entry.epoch()) return rejected(Errors.INVALID_PRODUCER_EPOCH, entry, epoch, firstSequence);
        if (epoch > entry.epoch()) {
            return firstSequence == 0
                    ? Optional.empty()
                    : rejected(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, entry, epoch, firstSequence);
        }
        int lastSequence = BatchHeader.lastSequence(buffer, at);
        for (Batch batch : entry.batches()) {
            if (batch.firstSequence() == firstSequence && batch.lastSequence() == lastSequence) {
                return Optional.of(new Duplicate(
                        batch.baseOffset(),
                        batch.lastOffset(),
                        logAppendTime ? batch.timestampMs() : RecordBatch.NO_TIMESTAMP));
            }
        }
        if (firstSequence == BatchHeader.sequenceAfter(entry.lastSequence(), 1)) return Optional.empty();
        return rejected(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, entry, epoch, firstSequence);
    }

    private static String unknown(ByteBuffer buffer, int at) {
        return "producer " + BatchHeader.producerId(buffer, at) + " begins with sequence "
                + BatchHeader.baseSequence(buffer, at);
    }

    private static Optional<AppendResult> rejected(Errors error, ProducerEntry entry, short epoch, int firstSequence) {
        return Optional.of(new Rejected(
                error,
                String.format(
                        Locale.ROOT,
                        "producer %d sent epoch %d, sequence %d; the partition is at epoch %d, sequence %d",
                        entry.producerId(),
                        epoch,
                        firstSequence,
                        entry.epoch(),
                        entry.lastSequence())));
    }

    /// Remembers the data batch at `at`, which is in the log now. Other batches are ignored.
    void onAppended(ByteBuffer buffer, int at, long nowMs) {
        if (!BatchHeader.hasProducerId(buffer, at) || BatchHeader.isControl(buffer, at)) return;
        long producerId = BatchHeader.producerId(buffer, at);
        short epoch = BatchHeader.producerEpoch(buffer, at);
        Batch batch = new Batch(
                BatchHeader.baseSequence(buffer, at),
                BatchHeader.lastSequence(buffer, at),
                BatchHeader.baseOffset(buffer, at),
                BatchHeader.lastOffset(buffer, at),
                BatchHeader.maxTimestamp(buffer, at));
        ProducerEntry known = entries.get(producerId);
        put(known == null ? ProducerEntry.first(producerId, epoch, batch, nowMs) : known.with(epoch, batch, nowMs));
    }

    void put(ProducerEntry entry) {
        entries.put(entry.producerId(), entry);
        if (entries.size() > limit) forgetIdlest();
    }

    /// Whether so few are known that none can have been forgotten for their number.
    boolean areFew() {
        return entries.size() < limit - limit / 10 - 1;
    }

    private void forgetIdlest() {
        List<Long> idlest = entries.values().stream()
                .sorted(Comparator.comparingLong(ProducerEntry::updatedMs).thenComparingLong(ProducerEntry::producerId))
                .limit(Math.max(1, limit / 10))
                .map(ProducerEntry::producerId)
                .toList();
        idlest.forEach(entries::remove);
    }

    void expire(long olderThanMs) {
        entries.values().removeIf(entry -> entry.updatedMs() < olderThanMs);
    }

    void clear() {
        entries.clear();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /// All entries, in the order of their producer ids.
    List<ProducerEntry> snapshot() {
        Collection<ProducerEntry> all = entries.values();
        return all.stream()
                .sorted(Comparator.comparingLong(ProducerEntry::producerId))
                .toList();
    }

    /// The last offset of each producer's last batch.
    Map<Long, Long> lastOffsets() {
        return entries.values().stream()
                .filter(entry -> !entry.batches().isEmpty())
                .collect(Collectors.toUnmodifiableMap(
                        ProducerEntry::producerId,
                        entry -> entry.batches().getLast().lastOffset()));
    }

    List<ActiveProducer> active() {
        return snapshot().stream()
                .map(entry -> new ActiveProducer(
                        entry.producerId(), entry.epoch(), entry.lastSequence(), entry.lastTimestampMs()))
                .toList();
    }
}
