package io.chronik.server.api;

import io.chronik.replication.Acks;
import io.chronik.replication.AppendOutcome;
import io.chronik.replication.Partition;
import io.chronik.server.net.ClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpointCollection;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;

/// Produce: hands each batch to its partition and answers when the last of them is as durable as asked.
public final class ProduceHandler implements ApiHandler {
    private static final short FIRST_VERSION_WITH_HINTS = 10;
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private final PartitionLookup lookup;
    private final LeaderHints leaders;
    private final ProduceMeter meter;

    public ProduceHandler(PartitionLookup lookup, LeaderHints leaders, ProduceMeter meter) {
        this.lookup = lookup;
        this.leaders = leaders;
        this.meter = meter;
    }

    @Override
    public void handle(ClientRequest request) {
        ProduceRequestData data = ((ProduceRequest) request.body()).data();
        Optional<Acks> acks = Acks.of(data.acks());
        Gathering gathering = new Gathering(request, data, acks.orElse(Acks.LEADER));
        if (acks.isEmpty()) gathering.failAll(Errors.INVALID_REQUIRED_ACKS);
        else if (data.transactionalId() != null) gathering.failAll(Errors.INVALID_TXN_STATE);
        else gathering.appendAll();
    }

    /// One request on its way: a slot per partition, answered when all are filled. Slots are filled from the
    /// partitions' lanes, each exactly once; the counter publishes them to whoever fills the last.
    private final class Gathering {
        private final ClientRequest request;
        private final ProduceRequestData data;
        private final Acks acks;
        private final List<TopicProduceResponse> topics = new ArrayList<>();
        private final AtomicInteger missing = new AtomicInteger();

        Gathering(ClientRequest request, ProduceRequestData data, Acks acks) {
            this.request = request;
            this.data = data;
            this.acks = acks;
            int partitions = 0;
            for (TopicProduceData topic : data.topicData()) {
                List<PartitionProduceResponse> slots =
                        new ArrayList<>(topic.partitionData().size());
                for (PartitionProduceData partition : topic.partitionData()) {
                    slots.add(new PartitionProduceResponse().setIndex(partition.index()));
                }
                partitions += slots.size();
                topics.add(new TopicProduceResponse()
                        .setName(topic.name())
                        .setTopicId(topic.topicId())
                        .setPartitionResponses(slots));
            }
            missing.set(partitions);
        }

        void failAll(Errors error) {
            for (TopicProduceResponse topic : topics) {
                for (PartitionProduceResponse slot : topic.partitionResponses()) fail(slot, error, null);
            }
            missing.set(0);
            answer();
        }

        void appendAll() {
            if (missing.get() == 0) {
                answer();
                return;
            }
            int topicIndex = 0;
            for (TopicProduceData topic : data.topicData()) {
                List<PartitionProduceResponse> slots = topics.get(topicIndex++).partitionResponses();
                for (int i = 0; i < slots.size(); i++) {
                    append(topic, topic.partitionData().get(i), slots.get(i));
                }
            }
        }

        private void append(TopicProduceData topic, PartitionProduceData partitionData, PartitionProduceResponse slot) {
            switch (find(topic, partitionData.index())) {
                case PartitionLookup.Found.Missing(Errors error) -> {
                    fail(slot, error, null);
                    onFilled();
                }
                case PartitionLookup.Found.Local(Partition partition) -> {
                    if (!(partitionData.records() instanceof MemoryRecords records)) {
                        fail(slot, Errors.INVALID_RECORD, "The request has no records for this partition.");
                        onFilled();
                        return;
                    }
                    int sizeBytes = records.sizeInBytes();
                    partition
                            .lane()
                            .execute(() -> partition.append(records, acks, data.timeoutMs(), outcome -> {
                                fill(slot, partition, outcome, sizeBytes);
                                onFilled();
                            }));
                }
            }
        }

        private PartitionLookup.Found find(TopicProduceData topic, int index) {
            boolean internal = topic.topicId().equals(Uuid.ZERO_UUID)
                    ? Topic.isInternal(topic.name())
                    : lookup.image()
                            .topic(topic.topicId())
                            .filter(image -> Topic.isInternal(image.name()))
                            .isPresent();
            if (internal && !ADMIN_CLIENT_ID.equals(request.header().clientId())) {
                return new PartitionLookup.Found.Missing(Errors.INVALID_TOPIC_EXCEPTION);
            }
            return lookup.find(topic.name(), topic.topicId(), index);
        }

        private void fill(PartitionProduceResponse slot, Partition partition, AppendOutcome outcome, int sizeBytes) {
            String topic = partition.id().topic();
            if (outcome instanceof AppendOutcome.Committed committed) {
                slot.setBaseOffset(committed.baseOffset())
                        .setLogAppendTimeMs(committed.logAppendTimeMs())
                        .setLogStartOffset(committed.logStartOffset());
                meter.onProduced(topic, sizeBytes);
                return;
            }
            fail(slot, ErrorMapping.of(outcome), ErrorMapping.message(outcome).orElse(null));
            meter.onProduceFailed(topic);
            if (outcome instanceof AppendOutcome.Rejected rejected) {
                slot.setLogStartOffset(rejected.logStartOffset());
                slot.setRecordErrors(rejected.recordErrors().stream()
                        .map(each -> new BatchIndexAndErrorMessage()
                                .setBatchIndex(each.batchIndex())
                                .setBatchIndexErrorMessage(each.message()))
                        .toList());
            }
        }

        private static void fail(
                PartitionProduceResponse slot, Errors error, @org.jspecify.annotations.Nullable String message) {
            slot.setErrorCode(error.code())
                    .setBaseOffset(ProduceResponse.INVALID_OFFSET)
                    .setErrorMessage(message);
        }

        /// Names the leaders of what failed here, and says where they are.
        private NodeEndpointCollection hints() {
            NodeEndpointCollection endpoints = new NodeEndpointCollection();
            if (request.header().apiVersion() < FIRST_VERSION_WITH_HINTS) return endpoints;
            for (TopicProduceResponse topic : topics) {
                for (PartitionProduceResponse slot : topic.partitionResponses()) {
                    if (LeaderHints.fit(Errors.forCode(slot.errorCode()))) hint(topic, slot, endpoints);
                }
            }
            return endpoints;
        }

        private void hint(TopicProduceResponse topic, PartitionProduceResponse slot, NodeEndpointCollection endpoints) {
            leaders.leader(topic.name(), topic.topicId(), slot.index()).ifPresent(leader -> {
                slot.setCurrentLeader(
                        new LeaderIdAndEpoch().setLeaderId(leader.nodeId()).setLeaderEpoch(leader.epoch()));
                if (endpoints.find(leader.nodeId()) != null) return;
                leaders.node(leader.nodeId(), request.connection())
                        .ifPresent(node -> endpoints.add(new NodeEndpoint()
                                .setNodeId(node.id())
                                .setHost(node.host())
                                .setPort(node.port())
                                .setRack(node.rack())));
            });
        }

        private void onFilled() {
            if (missing.decrementAndGet() == 0) answer();
        }

        private void answer() {
            if (acks != Acks.NONE) {
                ProduceResponseData.TopicProduceResponseCollection responses =
                        new ProduceResponseData.TopicProduceResponseCollection();
                topics.forEach(responses::mustAdd);
                request.reply(new ProduceResponse(
                        new ProduceResponseData().setResponses(responses).setNodeEndpoints(hints())));
                return;
            }
            // Without a reply the only way to tell the client is to hang up; it then refreshes its metadata.
            Optional<PartitionProduceResponse> failed = topics.stream()
                    .flatMap(topic -> topic.partitionResponses().stream())
                    .filter(slot -> slot.errorCode() != Errors.NONE.code())
                    .findFirst();
            if (failed.isEmpty()) request.replyNothing();
            else
                request.close("produce with acks=0 failed: "
                        + Errors.forCode(failed.get().errorCode()));
        }
    }
}
