package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.ClusterSearch;
import io.chronik.server.metadata.Formation.Answer;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;

/// Asks nodes for their cluster, at addresses that the operator named.
public record PeerQuestion(PeerNetwork network) implements ClusterSearch.Question {
    private static final int TIMEOUT_MS = 1_000;

    @Override
    public CompletionStage<Answer> ask(HostPort address) {
        return network.to(address, Purpose.PROBE)
                .send(new DescribeClusterRequest.Builder(new DescribeClusterRequestData()), TIMEOUT_MS)
                .thenApply(answer -> {
                    try {
                        return ClusterSearch.read(((DescribeClusterResponse) answer.body()).data());
                    } finally {
                        answer.release().run();
                    }
                });
    }
}
