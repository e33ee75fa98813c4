package io.chronik.server.controller;

import io.chronik.base.Lane;
import io.chronik.server.metadata.MetadataLog;
import io.chronik.server.metadata.MetadataLog.Leader;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerNetwork;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.jspecify.annotations.Nullable;

/// Sends to whom Raft says is the leader; the node itself over its own listener, like any other.
///
/// A leader that falls silent is given up as soon as there is another one: its answer, should it come, is not looked
/// at.
public final class DirectControllerChannel implements ControllerChannel {
    static final long RETRY_MS = 20;
    static final long WATCH_MS = 50;

    /// The node asked did nothing.
    private static final Set<Errors> NOT_DONE = Set.of(Errors.NOT_CONTROLLER, Errors.NOT_LEADER_OR_FOLLOWER);
    /// Not asked again when the first may have been done: the answer to the second would not tell about the first.
    private static final Set<ApiKeys> ONLY_ONCE = Set.of(ApiKeys.ALTER_PARTITION);

    private final Lane lane;
    private final PeerNetwork peers;
    private final MetadataLog log;

    /// `lane` is for this alone.
    public DirectControllerChannel(Lane lane, PeerNetwork peers, MetadataLog log) {
        this.lane = lane;
        this.peers = peers;
        this.log = log;
    }

    @Override
    public <R extends AbstractResponse> CompletableFuture<R> send(
            AbstractRequest.Builder<?> request, long timeoutMs, Class<R> type) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        Errand<R> errand = new Errand<>(request, lane.nowMs() + timeoutMs, type, answer);
        lane.execute(errand::attempt);
        return answer;
    }

    @Override
    public CompletableFuture<Void> barrier(long timeoutMs) {
        long deadlineMs = lane.nowMs() + timeoutMs;
        CompletableFuture<Void> passed = new CompletableFuture<>();
        Lane.Timer timer = lane.after(
                timeoutMs,
                () -> passed.completeExceptionally(new TimeoutException("this node lags behind the controller")));
        passBarrier(deadlineMs, passed);
        var _ = passed.whenComplete((_, _) -> timer.cancel());
        return passed;
    }

    private void passBarrier(long deadlineMs, CompletableFuture<Void> passed) {
        var request = new DescribeQuorumRequest.Builder(
                DescribeQuorumRequest.singletonRequest(Topic.CLUSTER_METADATA_TOPIC_PARTITION));
        long restMs = Math.max(1, deadlineMs - lane.nowMs());
        var _ = send(request, restMs, DescribeQuorumResponse.class).whenComplete((answer, failure) -> {
            if (failure != null) {
                passed.completeExceptionally(failure);
                return;
            }
            long highWatermark = highWatermark(answer.data());
            // A new leader does not know it before a majority has fetched from it.
            if (highWatermark < 0) lane.after(RETRY_MS, () -> passBarrierAgain(deadlineMs, passed));
            else awaitApplied(highWatermark - 1, passed);
        });
    }

    private void passBarrierAgain(long deadlineMs, CompletableFuture<Void> passed) {
        if (!passed.isDone()) passBarrier(deadlineMs, passed);
    }

    private void awaitApplied(long index, CompletableFuture<Void> passed) {
        var _ = log.applied(index).whenComplete((_, failure) -> {
            if (failure == null) passed.complete(null);
            else passed.completeExceptionally(failure);
        });
    }

    private static long highWatermark(DescribeQuorumResponseData answer) {
        List<DescribeQuorumResponseData.TopicData> topics = answer.topics();
        if (topics.isEmpty() || topics.getFirst().partitions().isEmpty()) return -1;
        return topics.getFirst().partitions().getFirst().highWatermark();
    }

    /// One request until it is answered; on the lane. `turn` counts attempts and pauses: what belongs to an earlier
    /// turn is void.
    private final class Errand<R extends AbstractResponse> {
        private final AbstractRequest.Builder<?> request;
        private final long deadlineMs;
        private final Class<R> type;
        private final CompletableFuture<R> answer;
        private int turn;

        Errand(AbstractRequest.Builder<?> request, long deadlineMs, Class<R> type, CompletableFuture<R> answer) {
            this.request = request;
            this.deadlineMs = deadlineMs;
            this.type = type;
            this.answer = answer;
        }

        void attempt() {
            int mine = ++turn;
            long restMs = deadlineMs - lane.nowMs();
            if (restMs <= 0) {
                answer.completeExceptionally(new TimeoutException("no answer of the controller in time"));
                return;
            }
            Leader leader = log.leader();
            if (!leader.known()) {
                pause();
                return;
            }
            var _ = peers.to(leader.nodeId(), Purpose.CONTROLLER)
                    .send(request, (int) Math.min(restMs, Integer.MAX_VALUE))
                    .whenComplete((got, failure) -> lane.execute(() -> onAnswer(mine, got, failure)));
            watch(mine, leader);
        }

        private void pause() {
            int mine = ++turn;
            lane.after(Math.clamp(deadlineMs - lane.nowMs(), 1, RETRY_MS), () -> {
                if (mine == turn && !answer.isDone()) attempt();
            });
        }

        private void watch(int mine, Leader asked) {
            lane.after(WATCH_MS, () -> {
                if (mine != turn || answer.isDone()) return;
                boolean another = log.leader().known() && !log.leader().equals(asked);
                if (another) again(new DisconnectException("the controller is another node now"));
                else watch(mine, asked);
            });
        }

        private void onAnswer(int mine, @Nullable PeerAnswer got, @Nullable Throwable failure) {
            if (got != null) got.release().run(); // No answer of a controller has records.
            if (mine != turn || answer.isDone()) return;
            if (got == null) again(failure == null ? new DisconnectException() : failure);
            else if (got.body().errorCounts().keySet().stream().anyMatch(NOT_DONE::contains)) pause();
            else answer.complete(type.cast(got.body()));
        }

        /// It may have been done.
        private void again(Throwable failure) {
            turn++;
            boolean hopeless = failure instanceof UnsupportedVersionException;
            if (hopeless || ONLY_ONCE.contains(request.apiKey())) answer.completeExceptionally(failure);
            else pause();
        }
    }
}
