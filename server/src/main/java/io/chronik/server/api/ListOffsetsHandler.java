package io.chronik.server.api;

import io.chronik.log.LogDamaged;
import io.chronik.log.LogFailure;
import io.chronik.log.LogView;
import io.chronik.log.LogView.TimestampAndOffset;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionView;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/// ListOffsets: where a log starts and ends, and what was written when. Looking up a time may read and decompress, so
/// the whole request then runs on a worker.
public final class ListOffsetsHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_EPOCH = 4;
    private static final short FIRST_VERSION_WITH_NOT_AVAILABLE = 5;

    private final PartitionLookup lookup;
    private final Executor workers;

    public ListOffsetsHandler(PartitionLookup lookup, Executor workers) {
        this.lookup = lookup;
        this.workers = workers;
    }

    @Override
    public void handle(ClientRequest request) {
        ListOffsetsRequest body = (ListOffsetsRequest) request.body();
        boolean readsRecords = body.data().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition ->
                        partition.timestamp() >= 0 || partition.timestamp() == ListOffsetsRequest.MAX_TIMESTAMP);
        if (readsRecords) workers.execute(() -> answer(request, body));
        else answer(request, body);
    }

    private void answer(ClientRequest request, ListOffsetsRequest body) {
        short version = request.header().apiVersion();
        IsolationLevel isolation = body.isolationLevel();
        Set<TopicPartition> duplicates = duplicates(body);
        List<ListOffsetsTopicResponse> topics = new ArrayList<>();
        for (ListOffsetsTopic topic : body.data().topics()) {
            List<ListOffsetsPartitionResponse> partitions = new ArrayList<>();
            for (ListOffsetsPartition partition : topic.partitions()) {
                boolean doubled = duplicates.contains(new TopicPartition(topic.name(), partition.partitionIndex()));
                partitions.add(
                        doubled
                                ? failed(partition, Errors.INVALID_REQUEST)
                                : offset(topic.name(), partition, isolation, version));
            }
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
        }
        if (version < FIRST_VERSION_WITH_EPOCH) forgetEpochs(topics);
        request.reply(new ListOffsetsResponse(new ListOffsetsResponseData().setTopics(topics)));
    }

    private static void forgetEpochs(List<ListOffsetsTopicResponse> topics) {
        for (ListOffsetsTopicResponse topic : topics) {
            topic.partitions().forEach(partition -> partition.setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH));
        }
    }

    private static Set<TopicPartition> duplicates(ListOffsetsRequest body) {
        Set<TopicPartition> seen = new HashSet<>();
        Set<TopicPartition> duplicates = new HashSet<>();
        for (ListOffsetsTopic topic : body.data().topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!seen.add(id)) duplicates.add(id);
            }
        }
        return duplicates;
    }

    private ListOffsetsPartitionResponse offset(
            String topic, ListOffsetsPartition asked, IsolationLevel isolation, short version) {
        return switch (lookup.find(topic, Uuid.ZERO_UUID, asked.partitionIndex())) {
            case PartitionLookup.Found.Missing(Errors error) -> failed(asked, error);
            case PartitionLookup.Found.Local(Partition replica) -> {
                PartitionView view = replica.view();
                if (!view.leading()) yield failed(asked, Errors.NOT_LEADER_OR_FOLLOWER);
                Errors stale = PartitionLookup.checkEpoch(asked.currentLeaderEpoch(), view.leaderEpoch());
                if (stale != Errors.NONE) yield failed(asked, stale);
                try {
                    yield offset(asked, view, isolation, version);
                } catch (LogDamaged | LogFailure failure) {
                    yield failed(asked, ErrorMapping.of(failure));
                }
            }
        };
    }

    private static ListOffsetsPartitionResponse offset(
            ListOffsetsPartition asked, PartitionView view, IsolationLevel isolation, short version) {
        LogView log = view.log();
        long end = isolation == IsolationLevel.READ_COMMITTED ? view.lastStableOffset() : view.highWatermark();
        long timestamp = asked.timestamp();
        // Until its high watermark has reached the end that its log had when it was elected, a leader does not know all
        // that the one before it has told its clients: an offset must not go back.
        Errors notYet =
                version >= FIRST_VERSION_WITH_NOT_AVAILABLE ? Errors.OFFSET_NOT_AVAILABLE : Errors.LEADER_NOT_AVAILABLE;
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return view.servesLatest() ? at(asked, end, view.leaderEpoch()) : failed(asked, notYet);
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP) return atStart(asked, log);
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP && version >= 7) {
            return view.servesLatest() ? found(asked, log.maxTimestamp(end).orElse(null)) : failed(asked, notYet);
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP && version >= 8) return atStart(asked, log);
        boolean tiered = (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP && version >= 9)
                || (timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP && version >= 11);
        if (tiered) return found(asked, null); // Nothing is kept anywhere else.
        if (timestamp < 0) return failed(asked, Errors.UNSUPPORTED_VERSION);
        Optional<TimestampAndOffset> found = log.firstAtOrAfter(timestamp, end);
        if (found.isEmpty() && !view.servesLatest()) return failed(asked, notYet);
        return found(asked, found.orElse(null));
    }

    private static ListOffsetsPartitionResponse atStart(ListOffsetsPartition asked, LogView log) {
        long start = log.startOffset();
        return at(asked, start, log.epochAt(start).orElse(ListOffsetsResponse.UNKNOWN_EPOCH));
    }

    private static ListOffsetsPartitionResponse at(ListOffsetsPartition asked, long offset, int epoch) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
                .setOffset(offset)
                .setLeaderEpoch(epoch);
    }

    private static ListOffsetsPartitionResponse found(
            ListOffsetsPartition asked, @org.jspecify.annotations.Nullable TimestampAndOffset found) {
        ListOffsetsPartitionResponse response =
                new ListOffsetsPartitionResponse().setPartitionIndex(asked.partitionIndex());
        if (found == null) return response;
        return response.setTimestamp(found.timestampMs())
                .setOffset(found.offset())
                .setLeaderEpoch(found.leaderEpoch());
    }

    private static ListOffsetsPartitionResponse failed(ListOffsetsPartition asked, Errors error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setErrorCode(error.code());
    }
}
