package io.chronik.server.api;

import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.net.ClientRequest;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.BeginQuorumEpochResponse;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.EndQuorumEpochResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.FetchSnapshotResponse;
import org.apache.kafka.common.requests.UpdateRaftVoterResponse;
import org.apache.kafka.common.requests.VoteResponse;
import org.jspecify.annotations.Nullable;

/// What the nodes of the metadata quorum ask of each other: it goes to the Raft library as it is. Voters are added and
/// removed by [ClusterAdminHandlers], which know where a node listens.
public final class RaftHandler implements ApiHandler {
    /// What it answers; FETCH only of the metadata's topic.
    public static final Set<ApiKeys> APIS = Set.copyOf(EnumSet.of(
            ApiKeys.VOTE,
            ApiKeys.BEGIN_QUORUM_EPOCH,
            ApiKeys.END_QUORUM_EPOCH,
            ApiKeys.FETCH_SNAPSHOT,
            ApiKeys.UPDATE_RAFT_VOTER,
            ApiKeys.DESCRIBE_QUORUM));

    private final MetadataLog log;

    public RaftHandler(MetadataLog log) {
        this.log = log;
    }

    @Override
    public void handle(ClientRequest request) {
        var _ = log.handle(
                        request.connection().listener(),
                        request.header().apiVersion(),
                        request.body().data())
                .whenComplete((answer, failure) -> reply(request, answer, failure));
    }

    private static void reply(ClientRequest request, @Nullable ApiMessage answer, @Nullable Throwable failure) {
        if (answer != null) request.reply(response(answer));
        else request.close("the metadata quorum does not answer: " + failure);
    }

    private static AbstractResponse response(ApiMessage answer) {
        return switch (answer) {
            case FetchResponseData fetch -> FetchResponse.of(fetch);
            case FetchSnapshotResponseData fetch -> new FetchSnapshotResponse(fetch);
            case VoteResponseData vote -> new VoteResponse(vote);
            case BeginQuorumEpochResponseData begin -> new BeginQuorumEpochResponse(begin);
            case EndQuorumEpochResponseData end -> new EndQuorumEpochResponse(end);
            case UpdateRaftVoterResponseData update -> new UpdateRaftVoterResponse(update);
            case DescribeQuorumResponseData describe -> new DescribeQuorumResponse(describe);
            default -> throw new IllegalArgumentException("not an answer of the metadata quorum: " + answer.getClass());
        };
    }
}
