package io.chronik.server.controller;

import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.NodeImage;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Feature;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.FeatureCollection;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.Listener;
import org.apache.kafka.common.message.BrokerRegistrationRequestData.ListenerCollection;
import org.apache.kafka.common.requests.BrokerHeartbeatRequest;
import org.apache.kafka.common.requests.BrokerRegistrationRequest;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// The two requests of a node's session.
final class SessionRequests {
    private SessionRequests() {}

    static BrokerRegistrationRequest.Builder registration(SessionSettings node) {
        ListenerCollection listeners = new ListenerCollection();
        for (NodeImage.Endpoint endpoint : node.endpoints()) {
            listeners.add(new Listener()
                    .setName(endpoint.listener())
                    .setHost(endpoint.host())
                    .setPort(endpoint.port())
                    .setSecurityProtocol(
                            SecurityProtocol.forName(endpoint.securityProtocol().toUpperCase(Locale.ROOT)).id));
        }
        FeatureCollection features = new FeatureCollection();
        features.add(new Feature()
                .setName("kraft.version")
                .setMinSupportedVersion((short) 0)
                .setMaxSupportedVersion((short) 1));
        MetadataLevels.Known levels = MetadataLevels.OF_THIS_RELEASE.known();
        features.add(new Feature()
                .setName(MetadataLevels.FEATURE)
                .setMinSupportedVersion(levels.oldest())
                .setMaxSupportedVersion(levels.newest()));
        return new BrokerRegistrationRequest.Builder(new BrokerRegistrationRequestData()
                .setBrokerId(node.nodeId())
                .setClusterId(node.clusterId())
                .setIncarnationId(node.incarnation())
                .setListeners(listeners)
                .setFeatures(features)
                .setRack(node.rack())
                .setLogDirs(List.of(node.directoryId()))
                .setPreviousBrokerEpoch(node.recoveredIndex()));
    }

    static BrokerHeartbeatRequest.Builder heartbeat(
            int nodeId, long epoch, long metadataIndex, boolean wantFence, boolean wantShutDown) {
        return new BrokerHeartbeatRequest.Builder(new BrokerHeartbeatRequestData()
                .setBrokerId(nodeId)
                .setBrokerEpoch(epoch)
                .setCurrentMetadataOffset(metadataIndex)
                .setWantFence(wantFence)
                .setWantShutDown(wantShutDown));
    }
}
