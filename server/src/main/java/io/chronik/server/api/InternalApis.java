package io.chronik.server.api;

import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.RequestHandler;
import org.apache.kafka.common.protocol.ApiKeys;

/// What the internal listener takes: it is bound before the node has a cluster, because the others ask there whether it
/// has one.
public final class InternalApis implements RequestHandler {
    private volatile Apis apis;

    /// `starting`: until [#serve].
    public InternalApis(Apis starting) {
        this.apis = starting;
    }

    /// From now on requests go to `started`; connections stay.
    public void serve(Apis started) {
        apis = started;
    }

    @Override
    public boolean serves(ApiKeys api, short version) {
        return apis.serves(api, version);
    }

    @Override
    public void handle(ClientRequest request) {
        apis.handle(request);
    }
}
