package io.chronik.server.net;

import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// One decoded request and the duty to answer it. Exactly one of [#reply], [#replyNothing] and [#close] is called,
/// once, from any thread; replies leave the connection in request order whatever the order of the calls.
///
/// The request's frame stays in memory until it is answered: record slices of a Produce are valid until then.
public interface ClientRequest {
    RequestHeader header();

    AbstractRequest body();

    ClientConnection connection();

    /// Monotonic time at which the whole frame had arrived.
    long receivedNs();

    void reply(AbstractResponse response);

    /// For Produce with acks=0.
    void replyNothing();

    /// Hangs up instead of answering; `reason` is for the log.
    void close(String reason);
}
