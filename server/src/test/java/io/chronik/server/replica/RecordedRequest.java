package io.chronik.server.replica;

import static java.util.Objects.requireNonNull;

import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import io.chronik.server.net.SliceRecords;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// A request whose answer the test looks at. The records of an answer are not: their slices are closed at once.
final class RecordedRequest implements ClientRequest {
    private final AbstractRequest body;
    private final Connection connection;
    private @Nullable AbstractResponse answer;

    RecordedRequest(AbstractRequest body, Connection connection) {
        this.body = body;
        this.connection = connection;
    }

    boolean waits() {
        return answer == null;
    }

    <R extends AbstractResponse> R answer(Class<R> type) {
        return type.cast(requireNonNull(answer));
    }

    @Override
    public RequestHeader header() {
        return new RequestHeader(body.apiKey(), body.version(), "node 2", 1);
    }

    @Override
    public AbstractRequest body() {
        return body;
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    @Override
    public long receivedNs() {
        return 0;
    }

    @Override
    public void reply(AbstractResponse response) {
        if (answer != null) throw new AssertionError("answered twice");
        answer = response;
        if (!(response instanceof FetchResponse fetch)) return;
        for (var topic : fetch.data().responses()) {
            for (var partition : topic.partitions()) {
                if (partition.records() instanceof SliceRecords(var slice)) slice.close();
            }
        }
    }

    @Override
    public void replyNothing() {
        throw new AssertionError("a reply was due");
    }

    @Override
    public void close(String reason) {
        throw new AssertionError("closed: " + reason);
    }

    static final class Connection implements ClientConnection {
        private final List<Runnable> closeEvents = new ArrayList<>();

        void close() {
            closeEvents.forEach(Runnable::run);
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public String listener() {
            return "PLAINTEXT";
        }

        @Override
        public InetAddress peer() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public InetSocketAddress local() {
            return new InetSocketAddress(peer(), 1);
        }

        @Override
        public String softwareName() {
            return "test";
        }

        @Override
        public String softwareVersion() {
            return "1";
        }

        @Override
        public Executor eventLoop() {
            return Runnable::run;
        }

        @Override
        public CloseEvent onClose(Runnable event) {
            closeEvents.add(event);
            return () -> {};
        }
    }
}
