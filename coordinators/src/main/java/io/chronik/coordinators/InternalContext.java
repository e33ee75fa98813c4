package io.chronik.coordinators;

import java.net.InetAddress;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// The node itself asks, in the newest version.
record InternalContext(int requestType, int requestVersion) implements AuthorizableRequestContext {
    static InternalContext of(ApiKeys api) {
        return new InternalContext(api.id, api.latestVersion());
    }

    @Override
    public String listenerName() {
        return "";
    }

    @Override
    public SecurityProtocol securityProtocol() {
        return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public KafkaPrincipal principal() {
        return KafkaPrincipal.ANONYMOUS;
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public String clientId() {
        return "";
    }

    @Override
    public int correlationId() {
        return 0;
    }
}
