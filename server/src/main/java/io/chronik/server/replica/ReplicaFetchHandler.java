package io.chronik.server.replica;

import io.chronik.base.Lane;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.NodeImage;
import io.chronik.server.api.ApiHandler;
import io.chronik.server.net.ClientRequest;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;

/// Fetch as followers send it, on the listener that nodes use among themselves: finds the session, and lets it answer.
public final class ReplicaFetchHandler implements ApiHandler {
    private final Supplier<ClusterImage> image;
    private final ReplicaSessions sessions;

    /// A follower that has not had all of a leader's log for `maxLagMs` leaves the in-sync set: one that waits for more
    /// is seen often enough to stay. `throttle`: of what this node sends.
    public ReplicaFetchHandler(
            ReplicaLookup lookup,
            Supplier<ClusterImage> image,
            Function<String, Lane> lanes,
            RandomGenerator random,
            long maxLagMs,
            ReplicationThrottle throttle) {
        this.image = image;
        this.sessions = new ReplicaSessions(lookup, lanes, random, maxLagMs / 8, throttle);
    }

    @Override
    public void handle(ClientRequest request) {
        FetchRequest fetch = (FetchRequest) request.body();
        if (!fetch.isFromFollower()) {
            ReplicaSession.refuse(request, Errors.INVALID_REQUEST);
            return;
        }
        if (isOfEarlierProcess(fetch)) {
            ReplicaSession.refuse(request, Errors.STALE_BROKER_EPOCH);
            return;
        }
        switch (fetch.data().sessionEpoch()) {
            // A session ends with its connection; fetches without one are for consumers.
            case FetchMetadata.FINAL_EPOCH -> ReplicaSession.refuse(request, Errors.INVALID_FETCH_SESSION_EPOCH);
            case FetchMetadata.INITIAL_EPOCH ->
                pass(sessions.open(request, fetch), request, fetch, Errors.STALE_BROKER_EPOCH);
            default -> pass(sessions.find(fetch), request, fetch, Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
    }

    private static void pass(
            Optional<ReplicaSession> session, ClientRequest request, FetchRequest fetch, Errors otherwise) {
        if (session.isPresent()) session.get().onRequest(request, fetch.data());
        else ReplicaSession.refuse(request, otherwise);
    }

    /// The node has registered again since: what the process before it has on its disk counts no more. An epoch that is
    /// not known here yet is another matter: the controller looks at it before anything comes of it.
    private boolean isOfEarlierProcess(FetchRequest fetch) {
        long registered =
                image.get().node(fetch.replicaId()).map(NodeImage::epoch).orElse(-1L);
        return fetch.replicaEpoch() < registered;
    }
}
