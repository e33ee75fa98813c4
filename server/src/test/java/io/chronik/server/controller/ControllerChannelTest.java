package io.chronik.server.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.controller.ScriptedPeers.Asked;
import io.chronik.server.controller.ScriptedPeers.Peer;
import io.chronik.server.lane.VirtualTime;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.junit.jupiter.api.Test;

class ControllerChannelTest {
    private final VirtualTime time = new VirtualTime();
    private final ScriptedPeers peers = new ScriptedPeers(time.lane());
    private final ScriptedLog log = new ScriptedLog();
    private final DirectControllerChannel channel = new DirectControllerChannel(time.lane(), peers, log);

    private Peer node(int id) {
        return peers.to(id, Purpose.CONTROLLER);
    }

    private CompletableFuture<CreateTopicsResponse> create(long timeoutMs) {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        data.topics().add(new CreatableTopic().setName("t").setNumPartitions(1).setReplicationFactor((short) 1));
        var answer = channel.send(new CreateTopicsRequest.Builder(data), timeoutMs, CreateTopicsResponse.class);
        time.settle();
        return answer;
    }

    private void reply(Asked asked, Errors error) {
        CreateTopicsResponseData data = new CreateTopicsResponseData();
        data.topics().add(new CreatableTopicResult().setName("t").setErrorCode(error.code()));
        asked.reply(new CreateTopicsResponse(data));
        time.settle();
    }

    @Test
    void aRequestGoesToTheLeader() {
        log.lead(2);
        var answer = create(5_000);
        reply(node(2).next(), Errors.TOPIC_ALREADY_EXISTS);
        assertThat(answer).isCompleted();
    }

    @Test
    void itWaitsForALeader() {
        var answer = create(5_000);
        time.advance(2_000);
        log.lead(3);
        time.advance(DirectControllerChannel.RETRY_MS);
        reply(node(3).next(), Errors.NONE);
        assertThat(answer).isCompleted();
    }

    @Test
    void withoutALeaderItEndsInTime() {
        var answer = create(700);
        time.advance(699);
        assertThat(answer).isNotDone();
        time.advance(1);
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void whoIsNotTheControllerIsNotBelieved() {
        log.lead(2);
        var answer = create(5_000);
        reply(node(2).next(), Errors.NOT_CONTROLLER);
        log.lead(3);
        time.advance(DirectControllerChannel.RETRY_MS);
        reply(node(3).next(), Errors.NONE);
        assertThat(answer).isCompleted();
        assertThat(node(2).asked).isEmpty();
    }

    @Test
    void aBrokenConnectionIsTriedAgain() {
        log.lead(2);
        var answer = create(5_000);
        node(2).breakOff(Reason.CLOSED_BY_PEER);
        time.advance(DirectControllerChannel.RETRY_MS);
        reply(node(2).next(), Errors.NONE);
        assertThat(answer).isCompleted();
        time.advance(5_000);
        assertThat(node(2).asked).isEmpty();
    }

    @Test
    void aSilentLeaderIsGivenUpForTheNextOne() {
        log.lead(2);
        var answer = create(5_000);
        Asked silent = node(2).next();
        log.lead(3);
        time.advance(DirectControllerChannel.WATCH_MS + DirectControllerChannel.RETRY_MS);
        Asked asked = node(3).next();
        reply(silent, Errors.INVALID_REQUEST);
        assertThat(answer).isNotDone();
        reply(asked, Errors.NONE);
        assertThat(answer.join().data().topics().find("t").errorCode()).isZero();
    }

    @Test
    void anInSyncSetIsNotProposedTwice() {
        log.lead(2);
        CompletableFuture<AlterPartitionResponse> answer = channel.send(
                new AlterPartitionRequest.Builder(new AlterPartitionRequestData().setBrokerId(1)),
                5_000,
                AlterPartitionResponse.class);
        time.settle();
        // When it was certainly not done, it is asked again
        node(2).next()
                .reply(new AlterPartitionResponse(
                        new AlterPartitionResponseData().setErrorCode(Errors.NOT_CONTROLLER.code())));
        time.advance(DirectControllerChannel.RETRY_MS);
        // When it may have been done, it is not
        node(2).breakOff(Reason.CLOSED_BY_PEER);
        time.advance(1_000);
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join).hasCauseInstanceOf(DisconnectException.class);
        assertThat(node(2).asked).isEmpty();
    }

    @Test
    void theBarrierWaitsForWhatWasCommitted() {
        log.lead(2);
        log.applyUpTo(10);
        CompletableFuture<Void> passed = channel.barrier(5_000);
        time.settle();
        replyHighWatermark(node(2).next(), 21);
        assertThat(passed).isNotDone();
        log.applyUpTo(19);
        assertThat(passed).isNotDone();
        log.applyUpTo(20);
        assertThat(passed).isCompleted();
    }

    @Test
    void aLeaderThatDoesNotKnowTheHighWatermarkIsAskedAgain() {
        log.lead(2);
        log.applyUpTo(10);
        CompletableFuture<Void> passed = channel.barrier(5_000);
        time.settle();
        replyHighWatermark(node(2).next(), -1);
        time.advance(DirectControllerChannel.RETRY_MS);
        replyHighWatermark(node(2).next(), 5);
        assertThat(passed).isCompleted();
    }

    @Test
    void aNodeThatLagsBehindSaysSo() {
        log.lead(2);
        CompletableFuture<Void> passed = channel.barrier(500);
        time.settle();
        replyHighWatermark(node(2).next(), 100);
        time.advance(500);
        assertThat(passed).isCompletedExceptionally();
        assertThatThrownBy(passed::join).hasCauseInstanceOf(TimeoutException.class);
    }

    private void replyHighWatermark(Asked asked, long highWatermark) {
        assertThat(asked.request()).isInstanceOf(DescribeQuorumRequest.class);
        asked.reply(new DescribeQuorumResponse(DescribeQuorumResponse.singletonResponse(
                Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                new DescribeQuorumResponseData.PartitionData().setHighWatermark(highWatermark),
                new DescribeQuorumResponseData.NodeCollection())));
        time.settle();
    }
}
