package io.chronik.server.net;

import io.chronik.server.api.ApiVersionsHandler;
import io.chronik.server.api.Apis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A listener on a free port of the loopback, with the handler of a test.
final class TestServer implements AutoCloseable {
    static RequestHandler versions() {
        return new Apis.Builder().build(new ApiVersionsHandler.Identity("cluster", 1, () -> 0));
    }

    /// Refuses everything with the request's own error response.
    static final RequestHandler REFUSE = request -> {
        throw new org.apache.kafka.common.errors.InvalidRequestException("refused by the test");
    };

    final EventLoops loops;
    final Network network;
    final KafkaListener listener;

    TestServer(NetSettings settings, RequestHandler handler) throws BindFailure {
        this(EventLoops.start(2), settings, handler);
    }

    TestServer(EventLoops loops, NetSettings settings, RequestHandler handler) throws BindFailure {
        this.loops = loops;
        network = new Network(loops, settings, NetListener.NONE);
        listener = network.listen("PLAINTEXT", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler);
    }

    RawClient client() throws IOException {
        return new RawClient(listener.address());
    }

    @Override
    public void close() {
        network.close(100);
        loops.close();
    }
}
