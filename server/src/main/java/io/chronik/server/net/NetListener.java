package io.chronik.server.net;

import org.apache.kafka.common.protocol.ApiKeys;

/// What the network tells metrics. Called on event loops: cheap, no locks, never throws.
public interface NetListener {
    /// A reply was written to its connection (or the request needed none). `localNs` was spent in the handler's call,
    /// `remoteNs` from there until the answer, `sendNs` from the answer until it was written in its turn.
    void onAnswered(ApiKeys api, int requestBytes, long replyBytes, long localNs, long remoteNs, long sendNs);

    void onConnections(String listener, int delta);

    /// Tells nobody.
    NetListener NONE = new NetListener() {
        @Override
        public void onAnswered(
                ApiKeys api, int requestBytes, long replyBytes, long localNs, long remoteNs, long sendNs) {}

        @Override
        public void onConnections(String listener, int delta) {}
    };
}
