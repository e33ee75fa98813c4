package io.chronik.server.peer;

import io.chronik.server.config.HostPort;
import io.chronik.server.metadata.ClusterSearch;
import io.chronik.server.metadata.Formation.Answer;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;

/// Asks the internal listeners of other nodes which cluster they belong to.
public final class PeerQuestions implements ClusterSearch.Question {
    private static final int TIMEOUT_MS = 1_000;

    private final PeerNetwork peers;

    public PeerQuestions(PeerNetwork peers) {
        this.peers = peers;
    }

    @Override
    public CompletionStage<Answer> ask(HostPort address) {
        return peers.to(address, Purpose.PROBE)
                .send(new DescribeClusterRequest.Builder(new DescribeClusterRequestData()), TIMEOUT_MS)
                .thenApply(PeerQuestions::read);
    }

    private static Answer read(PeerAnswer answer) {
        answer.release().run();
        return ClusterSearch.read(((DescribeClusterResponse) answer.body()).data());
    }
}
