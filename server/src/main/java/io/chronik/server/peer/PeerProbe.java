package io.chronik.server.peer;

import io.chronik.server.controller.NodeProbe;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.requests.DescribeClusterRequest;

/// Asks nodes for a sign of life.
public final class PeerProbe implements NodeProbe {
    private static final int TIMEOUT_MS = 1_000;

    private final PeerNetwork peers;
    private final ConcurrentHashMap<Integer, List<Runnable>> waiting = new ConcurrentHashMap<>();

    public PeerProbe(PeerNetwork peers) {
        this.peers = peers;
    }

    @Override
    public void probe(int nodeId, Runnable refused) {
        PeerConnection connection = peers.to(nodeId, Purpose.PROBE);
        List<Runnable> those = waiting.computeIfAbsent(nodeId, id -> watched(id, connection));
        those.add(refused);
        var _ = connection
                .send(new DescribeClusterRequest.Builder(new DescribeClusterRequestData()), TIMEOUT_MS)
                .whenComplete((_, _) -> those.remove(refused));
    }

    private List<Runnable> watched(int nodeId, PeerConnection connection) {
        connection.onClosed(reason -> {
            if (reason == Reason.REFUSED)
                waiting.getOrDefault(nodeId, List.of()).forEach(Runnable::run);
        });
        return new CopyOnWriteArrayList<>();
    }
}
