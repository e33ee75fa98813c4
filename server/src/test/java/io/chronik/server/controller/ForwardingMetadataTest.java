package io.chronik.server.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.controller.ScriptedPeers.Asked;
import io.chronik.server.lane.VirtualTime;
import io.chronik.server.metadata.MetadataService;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AllocateProducerIdsRequest;
import org.apache.kafka.common.requests.AllocateProducerIdsResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.junit.jupiter.api.Test;

/// Requests go to the controller as they came, and are answered when this node has what it committed.
class ForwardingMetadataTest {
    private final VirtualTime time = new VirtualTime();
    private final ScriptedPeers peers = new ScriptedPeers(time.lane());
    private final ScriptedLog log = new ScriptedLog();
    private final List<String> decidedHere = new ArrayList<>();
    private final List<CompletableFuture<Void>> publishing = new ArrayList<>();
    private int controllerId = 2;
    private final MetadataService local = (MetadataService) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {MetadataService.class}, (_, method, _) -> {
                if (method.getName().equals("controllerId")) return controllerId;
                decidedHere.add(method.getName());
                return log.leader().nodeId() == 1
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(new NotControllerException("not here"));
            });
    private final ForwardingMetadata metadata =
            new ForwardingMetadata(1, local, new DirectControllerChannel(time.lane(), peers, log), () -> 57, () -> {
                CompletableFuture<Void> told = new CompletableFuture<>();
                publishing.add(told);
                return told;
            });

    private Asked asked(int node) {
        time.settle();
        return peers.to(node, Purpose.CONTROLLER).next();
    }

    private CompletableFuture<CreateTopicsResponseData> create() {
        CreateTopicsRequestData data = new CreateTopicsRequestData().setTimeoutMs(10_000);
        data.topics().add(new CreatableTopic().setName("t").setNumPartitions(1).setReplicationFactor((short) 1));
        return metadata.createTopics(data);
    }

    private void passBarrier(int node, long highWatermark) {
        Asked barrier = asked(node);
        assertThat(barrier.request()).isInstanceOf(DescribeQuorumRequest.class);
        barrier.reply(new DescribeQuorumResponse(DescribeQuorumResponse.singletonResponse(
                Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                new DescribeQuorumResponseData.PartitionData().setHighWatermark(highWatermark),
                new DescribeQuorumResponseData.NodeCollection())));
        time.settle();
    }

    @Test
    void whoAskedReadsHisWriteHere() {
        log.lead(2);
        log.applyUpTo(10);
        var answer = create();
        Asked asked = asked(2);
        assertThat(((CreateTopicsRequest) asked.request()).data().topics().find("t"))
                .isNotNull();
        asked.reply(new CreateTopicsResponse(new CreateTopicsResponseData().setThrottleTimeMs(7)));
        passBarrier(2, 21);
        // Then it waits for this node's image
        assertThat(publishing).isEmpty();
        log.applyUpTo(20);
        // and for those who follow it
        assertThat(answer).isNotDone();
        publishing.getFirst().complete(null);
        assertThat(answer.join().throttleTimeMs()).isEqualTo(7);
        assertThat(decidedHere).isEmpty();
    }

    @Test
    void theControllerDecidesItself() {
        controllerId = 1;
        log.lead(1);
        assertThat(create()).isCompleted();
        assertThat(decidedHere).containsExactly("createTopics");
    }

    @Test
    void aControllerThatWasDeposedForwards() {
        controllerId = 1;
        log.lead(3);
        var answer = create();
        asked(3).reply(new CreateTopicsResponse(new CreateTopicsResponseData()));
        log.applyUpTo(5);
        passBarrier(3, 6);
        publishing.getFirst().complete(null);
        assertThat(answer).isCompleted();
    }

    @Test
    void anImageThatStaysBehindIsNotHidden() {
        log.lead(2);
        var answer = create();
        asked(2).reply(new CreateTopicsResponse(new CreateTopicsResponseData()));
        passBarrier(2, 100);
        time.advance(20_000);
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join).hasRootCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void configsKeepTheirResources() {
        log.lead(2);
        AlterConfigsRequestData data = new AlterConfigsRequestData().setValidateOnly(true);
        var resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType((byte) 2)
                .setResourceName("t");
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig()
                        .setName("retention.ms")
                        .setValue("1"));
        data.resources().add(resource);
        var answer = metadata.alterConfigs(data);
        Asked asked = asked(2);
        assertThat(((AlterConfigsRequest) asked.request()).data()).isEqualTo(data);
        asked.reply(new AlterConfigsResponse(new AlterConfigsResponseData()));
        passBarrier(2, 0);
        publishing.getFirst().complete(null);
        assertThat(answer).isCompleted();
    }

    @Test
    void electionsKeepTheirPartitions() {
        log.lead(2);
        ElectLeadersRequestData all =
                new ElectLeadersRequestData().setTopicPartitions(null).setTimeoutMs(9_000);
        var answer = metadata.electLeaders(all);
        Asked asked = asked(2);
        assertThat(((ElectLeadersRequest) asked.request()).data()).isEqualTo(all);
        asked.reply(new ElectLeadersResponse(new ElectLeadersResponseData()));
        passBarrier(2, 0);
        publishing.getFirst().complete(null);
        assertThat(answer).isCompleted();
    }

    @Test
    void producerIdsAreAskedForInThisNodesName() {
        log.lead(2);
        var block = metadata.allocateProducerIds();
        Asked asked = asked(2);
        var data = ((AllocateProducerIdsRequest) asked.request()).data();
        assertThat(data.brokerId()).isEqualTo(1);
        assertThat(data.brokerEpoch()).isEqualTo(57);
        asked.reply(new AllocateProducerIdsResponse(
                new AllocateProducerIdsResponseData().setProducerIdStart(3_000).setProducerIdLen(1_000)));
        time.settle();
        assertThat(block.join()).isEqualTo(new MetadataService.ProducerIdBlock(3_000, 1_000));
        // When the controller does not know this registration
        var refused = metadata.allocateProducerIds();
        asked(2).reply(new AllocateProducerIdsResponse(
                new AllocateProducerIdsResponseData().setErrorCode(Errors.STALE_BROKER_EPOCH.code())));
        time.settle();
        assertThat(refused).isCompletedExceptionally();
    }
}
