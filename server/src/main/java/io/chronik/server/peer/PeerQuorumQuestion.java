package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.DiskAge;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;

/// Asks nodes about the metadata quorum, before this one takes part in it.
public record PeerQuorumQuestion(PeerNetwork network) implements DiskAge.Question {
    private static final int TIMEOUT_MS = 1_000;

    @Override
    public CompletionStage<DescribeQuorumResponseData> ask(HostPort voter) {
        var request = new DescribeQuorumRequest.Builder(
                DescribeQuorumRequest.singletonRequest(Topic.CLUSTER_METADATA_TOPIC_PARTITION));
        return network.to(voter, Purpose.PROBE).send(request, TIMEOUT_MS).thenApply(answer -> {
            try {
                return ((DescribeQuorumResponse) answer.body()).data();
            } finally {
                answer.release().run();
            }
        });
    }
}
