package io.chronik.server.api;

import io.chronik.metadata.NodeImage;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.net.ClientRequest;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;

/// DescribeCluster: the nodes and who controls them (KIP-700, KIP-919, KIP-1073).
public final class DescribeClusterHandler implements ApiHandler {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final MetadataService metadata;
    private final AdvertisedAddress addresses;

    public DescribeClusterHandler(MetadataService metadata, AdvertisedAddress addresses) {
        this.metadata = metadata;
        this.addresses = addresses;
    }

    @Override
    public void handle(ClientRequest request) {
        DescribeClusterRequestData asked = ((DescribeClusterRequest) request.body()).data();
        DescribeClusterResponseData data = new DescribeClusterResponseData().setEndpointType(asked.endpointType());
        if (asked.endpointType() == BROKERS) {
            describe(request, asked, data);
        } else {
            Errors error = asked.endpointType() == CONTROLLERS
                    ? Errors.MISMATCHED_ENDPOINT_TYPE
                    : Errors.UNSUPPORTED_ENDPOINT_TYPE;
            data.setErrorCode(error.code())
                    .setErrorMessage(
                            "This listener serves brokers (endpoint type 1), not type " + asked.endpointType());
        }
        request.reply(new DescribeClusterResponse(data));
    }

    private void describe(ClientRequest request, DescribeClusterRequestData asked, DescribeClusterResponseData data) {
        data.setClusterId(metadata.clusterId())
                .setControllerId(metadata.controllerId())
                .setClusterAuthorizedOperations(
                        asked.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
        for (NodeImage node : metadata.image().nodes().values()) {
            if (node.fenced() && !asked.includeFencedBrokers()) continue;
            addresses
                    .endpointFor(node.id(), request.connection())
                    .ifPresent(endpoint -> data.brokers()
                            .add(new DescribeClusterBroker()
                                    .setBrokerId(node.id())
                                    .setHost(endpoint.host())
                                    .setPort(endpoint.port())
                                    .setRack(node.rack())
                                    .setIsFenced(node.fenced())));
        }
    }
}
