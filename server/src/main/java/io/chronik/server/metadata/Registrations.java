package io.chronik.server.metadata;

import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.controller.Registration;
import java.util.List;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// A process' registration, as Kafka's brokers say it to their controller: the data directory is the one log
/// directory, and the end of the metadata that was found on the disk stands where Kafka has the epoch before.
final class Registrations {
    private Registrations() {}

    /// @throws InvalidRequestException when it is not such a request
    static Registration of(BrokerRegistrationRequestData request) {
        if (request.brokerId() < 0) throw new InvalidRequestException("A node's id is not " + request.brokerId() + ".");
        if (request.logDirs().size() != 1) {
            throw new InvalidRequestException(
                    "A node has one data directory, not " + request.logDirs().size() + ".");
        }
        List<NodeImage.Endpoint> endpoints =
                request.listeners().stream().map(Registrations::endpoint).toList();
        return new Registration(
                request.brokerId(),
                request.logDirs().getFirst(),
                request.incarnationId(),
                endpoints,
                request.rack(),
                request.previousBrokerEpoch(),
                levels(request));
    }

    private static MetadataLevels.Known levels(BrokerRegistrationRequestData request) {
        BrokerRegistrationRequestData.Feature known = request.features().find(MetadataLevels.FEATURE);
        if (known == null) return MetadataLevels.Known.FIRST_ONLY;
        return new MetadataLevels.Known(known.minSupportedVersion(), known.maxSupportedVersion());
    }

    private static NodeImage.Endpoint endpoint(BrokerRegistrationRequestData.Listener listener) {
        try {
            SecurityProtocol protocol = SecurityProtocol.forId(listener.securityProtocol());
            return new NodeImage.Endpoint(listener.name(), protocol.name, listener.host(), listener.port());
        } catch (IllegalArgumentException unknown) {
            throw new InvalidRequestException(unknown.getMessage(), unknown);
        }
    }
}
