package io.chronik.it.wire;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ResponseHeader;

/// A socket without a client's wits: sends exactly what it is told, in the version it is told, never retries, and
/// reads back what comes. Blocking; one thread.
public final class WireClient implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    private static final int READ_TIMEOUT_MS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private int correlationId;

    private WireClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    public static WireClient connect(int port) {
        return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    public static WireClient connect(InetSocketAddress address) {
        try {
            Socket socket = new Socket();
            socket.connect(address, CONNECT_TIMEOUT_MS);
            socket.setSoTimeout(READ_TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            return new WireClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a request and returns its answer, read with the same version. The whole answer must be used up.
    public <R extends ApiMessage> R call(ApiKeys key, int version, ApiMessage request, Class<R> responseType) {
        int id = send(key, version, request);
        return readResponse(key, version, id, responseType);
    }

    /// Sends without waiting; returns the correlation id.
    public int send(ApiKeys key, int version, ApiMessage request) {
        int id = correlationId++;
        sendFrame(encode(key, version, id, request));
        return id;
    }

    /// Header and body, without the length in front.
    public static byte[] encode(ApiKeys key, int version, int correlationId, ApiMessage request) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion((short) version)
                .setCorrelationId(correlationId)
                .setClientId("wire-client");
        byte[] head = bytes(header, key.requestHeaderVersion((short) version));
        byte[] body = bytes(request, (short) version);
        byte[] frame = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, frame, head.length, body.length);
        return frame;
    }

    private static byte[] bytes(Message message, short version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    public void sendFrame(byte[] frame) {
        sendRaw(ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array());
    }

    /// Bytes as they are, in one write.
    public void sendRaw(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public <R extends ApiMessage> R readResponse(ApiKeys key, int version, int id, Class<R> responseType) {
        ByteBuffer frame = readFrame();
        ResponseHeader header = ResponseHeader.parse(frame, key.responseHeaderVersion((short) version));
        if (header.correlationId() != id) {
            throw new AssertionError("correlation id " + header.correlationId() + " instead of " + id);
        }
        R response = responseType.cast(read(frame, responseType, (short) version));
        if (frame.hasRemaining()) {
            throw new AssertionError(key + " v" + version + ": " + frame.remaining() + " bytes behind the response");
        }
        return response;
    }

    public static <R extends ApiMessage> R read(ByteBuffer frame, Class<R> type, short version) {
        try {
            R message = type.getDeclaredConstructor().newInstance();
            message.read(new ByteBufferAccessor(frame), version);
            return message;
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// The next frame from the node, without its length.
    public ByteBuffer readFrame() {
        try {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return ByteBuffer.wrap(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// True when the node hangs up within `timeoutMs` without having said anything.
    public boolean isClosedByPeer(int timeoutMs) {
        try {
            socket.setSoTimeout(timeoutMs);
            return in.read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (EOFException | java.net.SocketException closed) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void readTimeoutMs(int timeoutMs) {
        try {
            socket.setSoTimeout(timeoutMs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Says that nothing more will be sent; answers can still be read.
    public void halfClose() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
