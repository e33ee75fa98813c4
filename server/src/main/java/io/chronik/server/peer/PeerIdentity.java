package io.chronik.server.peer;

import java.util.Optional;
import org.apache.kafka.common.message.ApiVersionsRequestData;

/// Who asks, and whom he means to ask: a peer that is another one refuses (KIP-1242). Ports are used again, by other
/// nodes and by other clusters.
///
/// @param clientId names this node in the peer's log
/// @param clusterId empty while the cluster is not known
/// @param nodeId the node meant, or -1: whoever is there
record PeerIdentity(String clientId, Optional<String> clusterId, int nodeId) {
    static final int ANY_NODE = -1;

    ApiVersionsRequestData greeting() {
        ApiVersionsRequestData greeting =
                new ApiVersionsRequestData().setClientSoftwareName("chronik").setClientSoftwareVersion("node");
        if (nodeId == ANY_NODE || clusterId.isEmpty()) return greeting;
        return greeting.setClusterId(clusterId.get()).setNodeId(nodeId);
    }
}
