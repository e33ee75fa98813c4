package io.chronik.server.replica;

import io.chronik.replication.FollowerCheck;
import io.chronik.replication.FollowerPosition;
import io.chronik.replication.PartitionView;
import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;

/// What a follower waits for in one partition, and what is known of the answer. Two are never the same.
final class Question {
    final Watched watched;
    final FollowerPosition position;
    private final int maxBytes;

    /// What the follower knows already.
    private final long highWatermark;

    Question(Watched watched, int replica, long nodeEpoch, FetchPartition asked) {
        this.watched = watched;
        this.position = new FollowerPosition(
                replica,
                nodeEpoch,
                asked.currentLeaderEpoch(),
                asked.fetchOffset(),
                asked.lastFetchedEpoch(),
                asked.logStartOffset());
        this.maxBytes = asked.partitionMaxBytes();
        this.highWatermark = asked.highWatermark();
    }

    int maxBytes() {
        return maxBytes;
    }

    /// Whether there is something that the follower waits for: records, or another leader.
    boolean isDue(PartitionView view) {
        return !view.leading()
                || view.leaderEpoch() != position.leaderEpoch()
                || view.log().endOffset() > position.fetchOffset();
    }

    /// Whether there is something to tell, although no records.
    boolean hasNews(PartitionView view) {
        return view.highWatermark() > highWatermark || view.log().startOffset() > position.logStartOffset();
    }

    /// The answer that a check has given, unless it is to be read from the log.
    Optional<PartitionData> refusal(FollowerCheck check) {
        return switch (check) {
            case FollowerCheck.Serve _ -> Optional.empty();
            case FollowerCheck.Diverged(var end, var view) ->
                Optional.of(from(view)
                        .setDivergingEpoch(
                                new EpochEndOffset().setEpoch(end.epoch()).setEndOffset(end.endOffset())));
            case FollowerCheck.OutOfRange(long startOffset, long endOffset) ->
                Optional.of(failed(Errors.OFFSET_OUT_OF_RANGE)
                        .setLogStartOffset(startOffset)
                        .setLastStableOffset(endOffset));
            case FollowerCheck.Refused(Errors error) -> Optional.of(failed(error));
        };
    }

    /// An answer without records.
    PartitionData from(PartitionView view) {
        return new PartitionData()
                .setPartitionIndex(watched.key().partition())
                .setHighWatermark(view.highWatermark())
                .setLastStableOffset(view.lastStableOffset())
                .setLogStartOffset(view.log().startOffset())
                .setRecords(MemoryRecords.EMPTY);
    }

    PartitionData failed(Errors error) {
        return FetchResponse.partitionResponse(watched.key().partition(), error).setRecords(MemoryRecords.EMPTY);
    }
}
