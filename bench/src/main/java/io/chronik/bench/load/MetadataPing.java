package io.chronik.bench.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// One Metadata request on a connection of its own: the first thing that any client asks.
public final class MetadataPing {
    private static final short VERSION = 12;
    private static final int TIMEOUT_MS = 1000;

    private MetadataPing() {}

    /// Returns when `bootstrap` (HOST:PORT) has answered; throws when it does not within a second.
    public static void ask(String bootstrap) throws IOException {
        ByteBuffer request = new MetadataRequest(
                        new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false), VERSION)
                .serializeWithHeader(new RequestHeader(ApiKeys.METADATA, VERSION, "bench", 1));
        byte[] bytes = new byte[4 + request.remaining()];
        ByteBuffer.wrap(bytes).putInt(request.remaining()).put(request);
        int colon = bootstrap.lastIndexOf(':');
        InetSocketAddress address =
                new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(address, TIMEOUT_MS);
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            if (size <= 8 || in.readInt() != 1) throw new IOException("this is no answer to a Metadata request");
        }
    }
}
