package io.chronik.server.groups;

import io.chronik.coordinators.Groups;
import io.chronik.server.net.ClientRequest;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;

/// What members of a group say: JoinGroup, SyncGroup, Heartbeat and LeaveGroup of classic groups (KIP-62, static
/// membership KIP-345), ConsumerGroupHeartbeat of consumer groups (KIP-848).
final class MembershipHandlers {
    private final OffsetsTopic offsetsTopic;
    private final Groups groups;

    MembershipHandlers(OffsetsTopic offsetsTopic, Groups groups) {
        this.offsetsTopic = offsetsTopic;
        this.groups = groups;
    }

    void join(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        JoinGroupRequest body = (JoinGroupRequest) request.body();
        answer(
                call,
                () -> groups.joinGroup(call.context(), body.data())
                        .thenApply(data -> new JoinGroupResponse(data, call.version())));
    }

    /// From version 5 on the member says which protocol it thinks was chosen (KIP-559).
    void sync(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        SyncGroupRequest body = (SyncGroupRequest) request.body();
        if (!body.areMandatoryProtocolTypeAndNamePresent()) {
            call.reply(Errors.INCONSISTENT_GROUP_PROTOCOL);
            return;
        }
        answer(call, () -> groups.syncGroup(call.context(), body.data()).thenApply(SyncGroupResponse::new));
    }

    void heartbeat(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        HeartbeatRequest body = (HeartbeatRequest) request.body();
        answer(call, () -> groups.heartbeat(call.context(), body.data()).thenApply(HeartbeatResponse::new));
    }

    /// Before version 3 one member leaves, and its error is the answer's.
    void leave(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        LeaveGroupRequest body = (LeaveGroupRequest) request.body();
        answer(
                call,
                () -> groups.leaveGroup(call.context(), body.normalizedData())
                        .thenApply(data -> new LeaveGroupResponse(data, call.version())));
    }

    void consumerGroupHeartbeat(ClientRequest request) {
        GroupRequest call = new GroupRequest(request);
        ConsumerGroupHeartbeatRequest body = (ConsumerGroupHeartbeatRequest) request.body();
        answer(
                call,
                () -> groups.consumerGroupHeartbeat(call.context(), body.data())
                        .thenApply(ConsumerGroupHeartbeatResponse::new));
    }

    private void answer(GroupRequest call, Supplier<CompletableFuture<? extends AbstractResponse>> answer) {
        call.replyWith(() -> offsetsTopic.ready().thenCompose(_ -> answer.get()));
    }
}
