package io.chronik.server.fetch;

import io.chronik.log.LogDamaged;
import io.chronik.log.LogFailure;
import io.chronik.log.LogSlice;
import io.chronik.log.LogView;
import io.chronik.log.OffsetOutOfRange;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.api.ErrorMapping;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.net.SliceRecords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/// Reads targets from the local replicas, never beyond what consumers may see. Stateless; any thread.
final class PartitionReader {
    private static final short FIRST_VERSION_WITH_FOLLOWERS = 11;

    private final PartitionLookup lookup;
    private final ReadReplicas replicas;

    PartitionReader(PartitionLookup lookup, ReadReplicas replicas) {
        this.lookup = lookup;
        this.replicas = replicas;
    }

    /// Who reads. `rack` is empty when the client does not say; `knowsFollowers`: it may be sent to one.
    record Client(IsolationLevel isolation, String rack, boolean knowsFollowers) {
        static Client of(FetchRequest fetch) {
            return new Client(fetch.isolationLevel(), fetch.rackId(), fetch.version() >= FIRST_VERSION_WITH_FOLLOWERS);
        }
    }

    /// Reads `targets` in order until `maxBytes` are found. The first batch found is given even when it alone is
    /// larger:
    /// a consumer must always be able to go on.
    List<FetchedPartition> readAll(Collection<FetchTarget> targets, int maxBytes, Client client) {
        List<FetchedPartition> results = new ArrayList<>(targets.size());
        int leftBytes = maxBytes;
        boolean anything = false;
        for (FetchTarget target : targets) {
            FetchedPartition result = read(target, leftBytes, !anything, client);
            results.add(result);
            leftBytes = Math.max(0, leftBytes - result.sizeBytes());
            anything |= result.sizeBytes() > 0;
        }
        return results;
    }

    private FetchedPartition read(FetchTarget target, int leftBytes, boolean atLeastOne, Client client) {
        return switch (lookup.find(target.topic(), target.topicId(), target.partition())) {
            case PartitionLookup.Found.Missing(Errors error) ->
                new FetchedPartition(target, target.topic(), failed(target, error), null, null);
            case PartitionLookup.Found.Local(Partition replica) -> {
                PartitionView view = replica.view();
                PartitionData data = read(target, view, leftBytes, atLeastOne, client);
                yield new FetchedPartition(target, replica.id().topic(), data, replica, view);
            }
        };
    }

    private PartitionData read(
            FetchTarget target, PartitionView view, int leftBytes, boolean atLeastOne, Client client) {
        boolean serves = view.leading() || (client.knowsFollowers() && replicas.servesAsFollower(view));
        if (!serves) return failed(target, Errors.NOT_LEADER_OR_FOLLOWER);
        Errors stale = PartitionLookup.checkEpoch(target.currentLeaderEpoch(), view.leaderEpoch());
        if (stale != Errors.NONE) return failed(target, stale);
        LogView log = view.log();
        PartitionData data = new PartitionData()
                .setPartitionIndex(target.partition())
                .setHighWatermark(view.highWatermark())
                .setLastStableOffset(view.lastStableOffset())
                .setLogStartOffset(log.startOffset())
                .setAbortedTransactions(client.isolation() == IsolationLevel.READ_COMMITTED ? List.of() : null)
                .setPreferredReadReplica(FetchResponse.INVALID_PREFERRED_REPLICA_ID)
                .setRecords(MemoryRecords.EMPTY);
        if (target.lastFetchedEpoch() >= 0) {
            LogView.EpochEnd shared = log.endOf(target.lastFetchedEpoch());
            // The client has read of a leader that is not known here yet.
            if (shared.equals(LogView.EpochEnd.UNDEFINED)) return failed(target, Errors.UNKNOWN_LEADER_EPOCH);
            if (shared.epoch() != target.lastFetchedEpoch() || shared.endOffset() < target.fetchOffset()) {
                return data.setDivergingEpoch(
                        new EpochEndOffset().setEpoch(shared.epoch()).setEndOffset(shared.endOffset()));
            }
        }
        if (view.leading() && client.knowsFollowers()) {
            OptionalInt nearer = replicas.preferred(client.rack(), view, target.partition());
            if (nearer.isPresent()) return data.setPreferredReadReplica(nearer.getAsInt());
        }
        // Further than this follower has come, yet perhaps not than its leader: no reason to begin anew.
        if (!view.leading() && target.fetchOffset() > log.endOffset()) {
            return failed(target, Errors.OFFSET_NOT_AVAILABLE);
        }
        long limit =
                client.isolation() == IsolationLevel.READ_COMMITTED ? view.lastStableOffset() : view.highWatermark();
        try {
            return data.setRecords(records(log, target, limit, Math.min(leftBytes, target.maxBytes()), atLeastOne));
        } catch (OffsetOutOfRange | LogDamaged | LogFailure failure) {
            return failed(target, ErrorMapping.of(failure));
        }
    }

    private static BaseRecords records(
            LogView log, FetchTarget target, long limitOffset, int maxBytes, boolean atLeastOne) {
        boolean wanted = target.fetchOffset() < limitOffset && (maxBytes > 0 || atLeastOne);
        if (!wanted && target.fetchOffset() >= log.startOffset() && target.fetchOffset() <= log.endOffset()) {
            return MemoryRecords.EMPTY;
        }
        LogSlice slice = log.read(target.fetchOffset(), limitOffset, Math.max(0, maxBytes), atLeastOne);
        if (slice.sizeBytes() > 0) return new SliceRecords(slice);
        slice.close();
        return MemoryRecords.EMPTY;
    }

    private static PartitionData failed(FetchTarget target, Errors error) {
        return FetchResponse.partitionResponse(target.partition(), error).setRecords(MemoryRecords.EMPTY);
    }
}
