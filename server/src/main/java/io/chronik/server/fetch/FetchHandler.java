package io.chronik.server.fetch;

import io.chronik.base.Lane;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.api.FetchMeter;
import io.chronik.server.api.LeaderHints;
import io.chronik.server.api.PartitionLookup;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpointCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/// Fetch for consumers: finds out what is asked (with or without a session), and lets a [WaitingFetch] read and answer.
public final class FetchHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_HINTS = 16;

    private final PartitionReader reader;
    private final FetchSessions sessions;
    private final Lane timers;
    private final FetchMeter meter;
    private final LeaderHints leaders;
    private final int maxBytes;

    /// `timers`: a lane of its own, for the ends of waits. `maxBytes`: the node's bound on a response
    /// (fetch.max.bytes).
    public FetchHandler(
            PartitionLookup lookup,
            ReadReplicas replicas,
            LeaderHints leaders,
            RandomGenerator random,
            Lane timers,
            FetchMeter meter,
            int maxBytes) {
        this.reader = new PartitionReader(lookup, replicas);
        this.leaders = leaders;
        this.sessions = new FetchSessions(random);
        this.timers = timers;
        this.meter = meter;
        this.maxBytes = maxBytes;
    }

    @Override
    public void handle(ClientRequest request) {
        FetchRequest fetch = (FetchRequest) request.body();
        FetchRequestData data = fetch.data();
        if (fetch.isFromFollower()) {
            // Only nodes of the cluster may fetch as replicas, and they do not come through a client listener.
            answerError(request, Errors.CLUSTER_AUTHORIZATION_FAILED);
            return;
        }
        boolean byTopicId = request.header().apiVersion() >= 13;
        int sessionId = data.sessionId();
        switch (data.sessionEpoch()) {
            case FetchMetadata.FINAL_EPOCH -> {
                sessions.remove(sessionId);
                start(request, fetch, targets(data), null, true);
            }
            case FetchMetadata.INITIAL_EPOCH -> {
                sessions.remove(sessionId);
                List<FetchTarget> targets = targets(data);
                Optional<FetchSession> session = sessions.create(byTopicId, targets, timers.nowMs());
                start(request, fetch, targets, session.orElse(null), true);
            }
            default -> continueSession(request, fetch, byTopicId);
        }
    }

    private void continueSession(ClientRequest request, FetchRequest fetch, boolean byTopicId) {
        Optional<FetchSession> session = sessions.use(fetch.data().sessionId(), timers.nowMs());
        if (session.isEmpty()) {
            answerError(request, Errors.FETCH_SESSION_ID_NOT_FOUND);
            return;
        }
        Errors misfit = session.get().update(fetch.data(), byTopicId);
        if (misfit != Errors.NONE) {
            answerError(request, misfit);
            return;
        }
        start(request, fetch, session.get().targets(), session.get(), false);
    }

    private void start(
            ClientRequest request,
            FetchRequest fetch,
            List<FetchTarget> targets,
            @Nullable FetchSession session,
            boolean full) {
        WaitingFetch.Terms terms = WaitingFetch.Terms.of(fetch, maxBytes);
        new WaitingFetch(request, targets, terms, reader, timers, results -> {
                    if (session == null) answer(request, FetchMetadata.INVALID_SESSION_ID, results);
                    else answer(request, session.id(), session.news(results, full));
                })
                .start();
    }

    private static List<FetchTarget> targets(FetchRequestData data) {
        Map<FetchTarget.Key, FetchTarget> targets = new LinkedHashMap<>();
        for (FetchTopic topic : data.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                FetchTarget target = FetchTarget.of(topic, partition);
                targets.put(target.key(), target);
            }
        }
        return new ArrayList<>(targets.values());
    }

    private void answer(ClientRequest request, int sessionId, List<FetchedPartition> results) {
        List<FetchableTopicResponse> topics = new ArrayList<>();
        NodeEndpointCollection endpoints = new NodeEndpointCollection();
        FetchableTopicResponse last = null;
        for (FetchedPartition result : results) {
            FetchTarget target = result.target();
            if (last == null
                    || !last.topic().equals(target.topic())
                    || !last.topicId().equals(target.topicId())) {
                last = new FetchableTopicResponse().setTopic(target.topic()).setTopicId(target.topicId());
                topics.add(last);
            }
            last.partitions().add(result.data());
            hint(request, result, endpoints);
            if (result.error() != Errors.NONE) meter.onFetchFailed(result.topicName());
            else if (result.sizeBytes() > 0) meter.onFetched(result.topicName(), result.sizeBytes());
        }
        request.reply(FetchResponse.of(new FetchResponseData()
                .setSessionId(sessionId)
                .setResponses(topics)
                .setNodeEndpoints(endpoints)));
    }

    private void hint(ClientRequest request, FetchedPartition result, NodeEndpointCollection endpoints) {
        if (!LeaderHints.fit(result.error()) || request.header().apiVersion() < FIRST_VERSION_WITH_HINTS) return;
        FetchTarget target = result.target();
        leaders.leader(target.topic(), target.topicId(), target.partition()).ifPresent(leader -> {
            result.data()
                    .setCurrentLeader(
                            new LeaderIdAndEpoch().setLeaderId(leader.nodeId()).setLeaderEpoch(leader.epoch()));
            if (endpoints.find(leader.nodeId()) != null) return;
            leaders.node(leader.nodeId(), request.connection())
                    .ifPresent(node -> endpoints.add(new NodeEndpoint()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack())));
        });
    }

    private static void answerError(ClientRequest request, Errors error) {
        request.reply(FetchResponse.of(new FetchResponseData().setErrorCode(error.code())));
    }
}
