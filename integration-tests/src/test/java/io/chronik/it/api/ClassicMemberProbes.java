package io.chronik.it.api;

import static io.chronik.it.api.Probe.error;
import static io.chronik.it.api.Probe.shows;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.wire.RawKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// The life of a member of a classic group: join, sync, heartbeat, leave.
final class ClassicMemberProbes {
    private static final short JOIN = 9;
    private static final short SYNC = 5;
    private static final byte[] ASSIGNMENT = "all of it".getBytes(StandardCharsets.UTF_8);

    private ClassicMemberProbes() {}

    static List<Probe> all() {
        return List.of(
                new Probe(
                        ApiKeys.JOIN_GROUP,
                        shows("the first member leads generation 1", ClassicMemberProbes::joins),
                        shows("an unknown member id: UNKNOWN_MEMBER_ID", ClassicMemberProbes::refusesJoin)),
                new Probe(
                        ApiKeys.SYNC_GROUP,
                        shows("the leader's assignment comes back", ClassicMemberProbes::syncs),
                        shows("another generation: ILLEGAL_GENERATION", ClassicMemberProbes::refusesSync)),
                new Probe(
                        ApiKeys.HEARTBEAT,
                        shows("a live member is fine", ClassicMemberProbes::heartbeats),
                        shows("another generation: ILLEGAL_GENERATION", ClassicMemberProbes::refusesHeartbeat)),
                new Probe(
                        ApiKeys.LEAVE_GROUP,
                        shows("the member is gone", ClassicMemberProbes::leaves),
                        shows("an unknown member: UNKNOWN_MEMBER_ID", ClassicMemberProbes::refusesLeave)));
    }

    private record Member(String group, String id, int generation) {}

    private static JoinGroupResponseData join(RawKafka kafka, short version, String group, String member) {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 1, 2}));
        var request = new JoinGroupRequestData()
                .setGroupId(group)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(10_000)
                .setMemberId(member)
                .setProtocolType("consumer")
                .setProtocols(protocols);
        return kafka.wire().call(ApiKeys.JOIN_GROUP, version, request, JoinGroupResponseData.class);
    }

    /// Joins as Kafka asks it: with versions from 4 the first answer only gives the member its id (KIP-394).
    private static JoinGroupResponseData joinNew(RawKafka kafka, short version, String group) {
        JoinGroupResponseData[] last = new JoinGroupResponseData[1];
        GroupProbes.waitForCoordinator(() -> {
            last[0] = join(kafka, version, group, "");
            return error(last[0].errorCode());
        });
        if (version < 4) {
            return last[0];
        }
        assertThat(error(last[0].errorCode())).isEqualTo(Errors.MEMBER_ID_REQUIRED);
        return join(kafka, version, group, last[0].memberId());
    }

    private static void joins(RawKafka kafka, short version) {
        JoinGroupResponseData joined = joinNew(kafka, version, RawKafka.uniqueName("join-v" + version));
        assertThat(error(joined.errorCode())).isEqualTo(Errors.NONE);
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.members())
                .singleElement()
                .satisfies(member -> assertThat(member.metadata()).containsExactly(0, 1, 2));
    }

    private static void refusesJoin(RawKafka kafka, short version) {
        String group = RawKafka.uniqueName("join-v" + version);
        joinNew(kafka, JOIN, group);
        assertThat(error(join(kafka, version, group, "somebody-else").errorCode()))
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    private static Member joined(RawKafka kafka) {
        String group = RawKafka.uniqueName("member");
        JoinGroupResponseData joined = joinNew(kafka, JOIN, group);
        assertThat(error(joined.errorCode())).isEqualTo(Errors.NONE);
        return new Member(group, joined.memberId(), joined.generationId());
    }

    private static Member synced(RawKafka kafka) {
        Member member = joined(kafka);
        assertThat(error(sync(kafka, SYNC, member, member.generation()).errorCode()))
                .isEqualTo(Errors.NONE);
        return member;
    }

    private static SyncGroupResponseData sync(RawKafka kafka, short version, Member member, int generation) {
        var request = new SyncGroupRequestData()
                .setGroupId(member.group())
                .setGenerationId(generation)
                .setMemberId(member.id())
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(List.of(new SyncGroupRequestAssignment()
                        .setMemberId(member.id())
                        .setAssignment(ASSIGNMENT)));
        return kafka.wire().call(ApiKeys.SYNC_GROUP, version, request, SyncGroupResponseData.class);
    }

    private static void syncs(RawKafka kafka, short version) {
        Member member = joined(kafka);
        SyncGroupResponseData synced = sync(kafka, version, member, member.generation());
        assertThat(error(synced.errorCode())).isEqualTo(Errors.NONE);
        assertThat(synced.assignment()).isEqualTo(ASSIGNMENT);
        if (version >= 5) {
            assertThat(synced.protocolName()).isEqualTo("range");
        }
    }

    private static void refusesSync(RawKafka kafka, short version) {
        Member member = joined(kafka);
        assertThat(error(sync(kafka, version, member, 99).errorCode())).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    private static Errors heartbeat(RawKafka kafka, short version, Member member, int generation) {
        var request = new HeartbeatRequestData()
                .setGroupId(member.group())
                .setGenerationId(generation)
                .setMemberId(member.id());
        return error(kafka.wire()
                .call(ApiKeys.HEARTBEAT, version, request, HeartbeatResponseData.class)
                .errorCode());
    }

    private static void heartbeats(RawKafka kafka, short version) {
        Member member = synced(kafka);
        assertThat(heartbeat(kafka, version, member, member.generation())).isEqualTo(Errors.NONE);
    }

    private static void refusesHeartbeat(RawKafka kafka, short version) {
        Member member = synced(kafka);
        assertThat(heartbeat(kafka, version, member, 99)).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    private static Errors leave(RawKafka kafka, short version, String group, String member) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        if (version >= 3) {
            request.setMembers(List.of(new MemberIdentity().setMemberId(member)));
        } else {
            request.setMemberId(member);
        }
        LeaveGroupResponseData response =
                kafka.wire().call(ApiKeys.LEAVE_GROUP, version, request, LeaveGroupResponseData.class);
        if (version >= 3 && response.errorCode() == 0) {
            return error(response.members().get(0).errorCode());
        }
        return error(response.errorCode());
    }

    private static void leaves(RawKafka kafka, short version) {
        Member member = synced(kafka);
        assertThat(leave(kafka, version, member.group(), member.id())).isEqualTo(Errors.NONE);
        assertThat(heartbeat(kafka, (short) 4, member, member.generation())).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    private static void refusesLeave(RawKafka kafka, short version) {
        Member member = synced(kafka);
        assertThat(leave(kafka, version, member.group(), "somebody-else")).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }
}
