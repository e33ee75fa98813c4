package io.chronik.server.net;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// A client that sends whatever bytes a test wants.
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    RawClient(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    RawClient(InetSocketAddress address, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) socket.setReceiveBufferSize(receiveBufferBytes);
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = new DataInputStream(socket.getInputStream());
    }

    static byte[] frame(AbstractRequest request, int correlationId) {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "test", correlationId);
        ByteBuffer body = request.serializeWithHeader(header);
        return ByteBuffer.allocate(4 + body.remaining())
                .putInt(body.remaining())
                .put(body)
                .array();
    }

    RawClient send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawClient sendInt(int word) throws IOException {
        return send(ByteBuffer.allocate(4).putInt(word).array());
    }

    RawClient send(AbstractRequest request, int correlationId) throws IOException {
        return send(frame(request, correlationId));
    }

    /// The next reply, without its size.
    ByteBuffer receive() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    int receiveCorrelationId() throws IOException {
        return receive().getInt();
    }

    AbstractResponse receive(AbstractRequest request, int correlationId) throws IOException {
        return AbstractResponse.parseResponse(
                receive(), new RequestHeader(request.apiKey(), request.version(), "test", correlationId));
    }

    /// Asks for the versions, to see that the connection works.
    ApiVersionsResponse ping() throws IOException {
        ApiVersionsRequest request = new ApiVersionsRequest.Builder((short) 3).build();
        send(request, 7);
        return (ApiVersionsResponse) receive(request, 7);
    }

    /// Waits until the server has hung up.
    boolean closedByServer() throws IOException {
        try {
            while (in.read() >= 0) {}
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    Socket socket() {
        return socket;
    }

    static short latest(ApiKeys api) {
        return api.latestVersion(false);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
