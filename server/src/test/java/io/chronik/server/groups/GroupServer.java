package io.chronik.server.groups;

import io.chronik.coordinators.GroupSettings;
import io.chronik.coordinators.Groups;
import io.chronik.coordinators.InMemoryCoordinatorLog;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.server.api.AdvertisedAddress.Endpoint;
import io.chronik.server.lane.Strands;
import io.chronik.server.net.ClientConnection;
import io.chronik.server.net.ClientRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// The group APIs of a node of one, asked with requests and answered with responses that have both been through
/// bytes, so that what a version cannot say does not get through.
final class GroupServer implements AutoCloseable {
    final InMemoryCoordinatorLog log;
    final InMemoryMetadata metadata = new InMemoryMetadata();
    final GroupApis apis;
    private final Strands strands = new Strands((lane, failure) -> {
        throw new AssertionError(lane, failure);
    });

    GroupServer() {
        this(new InMemoryCoordinatorLog(), Map.of());
    }

    GroupServer(InMemoryCoordinatorLog log, Map<String, String> properties) {
        this.log = log;
        Map<String, String> settings =
                new HashMap<>(Map.of("group.initial.rebalance.delay.ms", "0", "offsets.topic.num.partitions", "3"));
        settings.putAll(properties);
        apis = new GroupApis(
                InMemoryMetadata.NODE_ID,
                new Groups(InMemoryMetadata.NODE_ID, GroupSettings.of(settings), log),
                metadata,
                (nodeId, connection) ->
                        Optional.of(new Endpoint(connection.local().getAddress().getHostAddress(), 9000 + nodeId)),
                strands.lane("groups"));
        metadata.addListener(delta -> elect(delta.before(), delta.after()));
    }

    private void elect(ClusterImage before, ClusterImage after) {
        if (before.topic(Topic.GROUP_METADATA_TOPIC_NAME).isPresent()) return;
        List<PartitionImage> partitions = after.topic(Topic.GROUP_METADATA_TOPIC_NAME)
                .map(TopicImage::partitions)
                .orElse(List.of());
        for (int partition = 0; partition < partitions.size(); partition++) {
            log.lead(new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition), 0);
            apis.onElection(partition, 0);
        }
    }

    CompletableFuture<AbstractResponse> send(ApiKeys api, int version, ApiMessage data) {
        AbstractRequest body = AbstractRequest.parseRequest(
                        api,
                        (short) version,
                        new ByteBufferAccessor(MessageUtil.toByteBufferAccessor(data, (short) version)
                                .buffer()))
                .request;
        Call call = new Call(new RequestHeader(api, (short) version, "test", 1), body, new CompletableFuture<>());
        Objects.requireNonNull(apis.handlers().get(api)).handle(call);
        return call.answer()
                .thenApply(response -> AbstractResponse.parseResponse(
                        api,
                        new ByteBufferAccessor(MessageUtil.toByteBufferAccessor(response.data(), (short) version)
                                .buffer()),
                        (short) version));
    }

    <T> T ask(ApiKeys api, int version, ApiMessage data, Class<T> type) {
        return type.cast(await(send(api, version, data)).data());
    }

    static AbstractResponse await(CompletableFuture<AbstractResponse> answer) {
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        apis.close();
        strands.close();
    }

    private record Call(RequestHeader header, AbstractRequest body, CompletableFuture<AbstractResponse> answer)
            implements ClientRequest {
        @Override
        public ClientConnection connection() {
            return new Connection();
        }

        @Override
        public long receivedNs() {
            return 0;
        }

        @Override
        public void reply(AbstractResponse response) {
            if (!answer.complete(response)) throw new IllegalStateException("answered twice");
        }

        @Override
        public void replyNothing() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close(String reason) {
            answer.completeExceptionally(new IllegalStateException(reason));
        }
    }

    private record Connection() implements ClientConnection {
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
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 9092);
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
            return () -> {};
        }
    }
}
