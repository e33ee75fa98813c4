package io.chronik.server.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.NodeImage;
import io.chronik.server.controller.ScriptedPeers.Asked;
import io.chronik.server.controller.ScriptedPeers.Peer;
import io.chronik.server.lane.VirtualTime;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.PeerNetwork.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.BrokerHeartbeatRequest;
import org.apache.kafka.common.requests.BrokerHeartbeatResponse;
import org.apache.kafka.common.requests.BrokerRegistrationRequest;
import org.apache.kafka.common.requests.BrokerRegistrationResponse;
import org.junit.jupiter.api.Test;

class ControllerSessionTest {
    private static final SessionSettings NODE = new SessionSettings(
            1,
            "cluster",
            new Uuid(0, 11),
            new Uuid(0, 12),
            List.of(
                    new NodeImage.Endpoint("PLAINTEXT", "PLAINTEXT", "n1", 9092),
                    new NodeImage.Endpoint("CONTROLLER", "PLAINTEXT", "n1", 9093)),
            "r1",
            41,
            250,
            2_000);

    private final VirtualTime time = new VirtualTime();
    private final ScriptedPeers peers = new ScriptedPeers(time.lane());
    private final ScriptedLog log = new ScriptedLog();
    private final List<String> told = new ArrayList<>();
    private final List<Throwable> fatal = new ArrayList<>();
    private final ControllerSession session = new ControllerSession(
            NODE,
            time.lane(),
            peers,
            log,
            new ControllerSession.Events() {
                @Override
                public void onRegistered(long nodeEpoch) {
                    told.add("registered " + nodeEpoch);
                }

                @Override
                public void onServing(boolean serving) {
                    told.add(serving ? "serving" : "not serving");
                }
            },
            fatal::add);

    private Peer controller(int node) {
        return peers.to(node, Purpose.HEARTBEAT);
    }

    private static BrokerHeartbeatRequestData heartbeat(Asked asked) {
        return ((BrokerHeartbeatRequest) asked.request()).data();
    }

    private void register(Asked asked, Errors error, long epoch) {
        assertThat(asked.request()).isInstanceOf(BrokerRegistrationRequest.class);
        asked.reply(new BrokerRegistrationResponse(
                new BrokerRegistrationResponseData().setErrorCode(error.code()).setBrokerEpoch(epoch)));
        time.settle();
    }

    private void beat(Asked asked, boolean fenced) {
        assertThat(asked.request()).isInstanceOf(BrokerHeartbeatRequest.class);
        asked.reply(new BrokerHeartbeatResponse(new BrokerHeartbeatResponseData().setIsFenced(fenced)));
        time.settle();
    }

    private void beat(Asked asked, Errors error) {
        asked.reply(new BrokerHeartbeatResponse(new BrokerHeartbeatResponseData().setErrorCode(error.code())));
        time.settle();
    }

    /// Registered at node 2 with epoch 57, and serving.
    private CompletableFuture<Void> serving() {
        log.lead(2);
        log.applyUpTo(60);
        CompletableFuture<Void> serving = session.start();
        time.settle();
        register(controller(2).next(), Errors.NONE, 57);
        session.onReplicasOpen();
        time.settle();
        beat(controller(2).next(), true);
        beat(controller(2).next(), false);
        return serving;
    }

    @Test
    void itWaitsForALeaderThenSaysWhoItIs() {
        var _ = session.start();
        time.advance(1_000);
        log.lead(2);
        time.advance(ControllerSession.NO_LEADER_RETRY_MS);
        // Then
        BrokerRegistrationRequestData asked =
                ((BrokerRegistrationRequest) controller(2).next().request()).data();
        assertThat(asked.brokerId()).isEqualTo(1);
        assertThat(asked.clusterId()).isEqualTo("cluster");
        assertThat(asked.incarnationId()).isEqualTo(NODE.incarnation());
        assertThat(asked.logDirs()).containsExactly(NODE.directoryId());
        assertThat(asked.previousBrokerEpoch()).isEqualTo(41);
        assertThat(asked.rack()).isEqualTo("r1");
        assertThat(asked.listeners().find("CONTROLLER").port()).isEqualTo(9093);
    }

    @Test
    void itIsUnfencedOnlyWithItsReplicasOpen() {
        log.lead(2);
        log.applyUpTo(60);
        CompletableFuture<Void> serving = session.start();
        time.settle();
        register(controller(2).next(), Errors.NONE, 57);
        // When its replicas are not open
        Asked first = controller(2).next();
        assertThat(heartbeat(first).wantFence()).isTrue();
        assertThat(heartbeat(first).brokerEpoch()).isEqualTo(57);
        assertThat(heartbeat(first).currentMetadataOffset()).isEqualTo(60);
        beat(first, true);
        assertThat(serving).isNotDone();
        // When they are
        session.onReplicasOpen();
        time.settle();
        Asked second = controller(2).next();
        assertThat(heartbeat(second).wantFence()).isFalse();
        beat(second, false);
        // Then
        assertThat(serving).isCompleted();
        assertThat(session.epoch()).isEqualTo(57);
        assertThat(told).containsExactly("registered 57", "serving");
    }

    @Test
    void itBeatsFourTimesASecond() {
        var _ = serving();
        long startMs = time.nowMs();
        for (int i = 1; i <= 4; i++) {
            time.advance(250);
            Asked asked = controller(2).next();
            assertThat(asked.atMs()).isEqualTo(startMs + 250L * i);
            beat(asked, false);
        }
    }

    @Test
    void aNewLeaderIsToldAtOnceAndALateAnswerOfTheOldOneIsVoid() {
        var _ = serving();
        time.advance(250);
        Asked old = controller(2).next();
        // When
        log.lead(3);
        session.onLeader();
        time.settle();
        // Then
        Asked asked = controller(3).next();
        assertThat(asked.atMs()).isEqualTo(time.nowMs());
        beat(old, Errors.STALE_BROKER_EPOCH);
        assertThat(session.epoch()).isEqualTo(57);
        beat(asked, false);
        assertThat(told).containsExactly("registered 57", "serving");
    }

    @Test
    void aNewLeaderIsFoundByItself() {
        var _ = serving();
        time.advance(250);
        controller(2).next();
        log.lead(3);
        time.advance(ControllerSession.WATCH_MS);
        beat(controller(3).next(), false);
    }

    @Test
    void aDeposedControllerSendsItsClientsAwayAtOnce() {
        // Given
        var _ = serving();
        log.lead(1);
        session.onLeader();
        time.settle();
        beat(controller(1).next(), false);
        // When
        log.lead(3);
        session.onLeader();
        time.settle();
        // Then
        assertThat(told).endsWith("serving", "not serving");
        beat(controller(3).next(), false);
        assertThat(told).endsWith("not serving", "serving");
    }

    @Test
    void aBrokenConnectionIsFollowedByAHeartbeatAtOnce() {
        var _ = serving();
        time.advance(100);
        controller(2).breakOff(Reason.CLOSED_BY_PEER);
        time.settle();
        assertThat(controller(2).next().atMs()).isEqualTo(time.nowMs());
    }

    @Test
    void aNodeThatWasForgottenRegistersAgain() {
        var _ = serving();
        time.advance(250);
        beat(controller(2).next(), Errors.STALE_BROKER_EPOCH);
        register(controller(2).next(), Errors.NONE, 99);
        assertThat(session.epoch()).isEqualTo(99);
        beat(controller(2).next(), false);
        assertThat(told).containsExactly("registered 57", "serving", "not serving", "registered 99", "serving");
    }

    @Test
    void anotherNodeOfTheSameIdIsWaitedFor() {
        log.lead(2);
        var _ = session.start();
        time.settle();
        register(controller(2).next(), Errors.DUPLICATE_BROKER_REGISTRATION, -1);
        time.advance(ControllerSession.REGISTER_RETRY_MS);
        register(controller(2).next(), Errors.NONE, 5);
        assertThat(session.epoch()).isEqualTo(5);
        assertThat(fatal).isEmpty();
    }

    @Test
    void anotherClusterIsFatal() {
        log.lead(2);
        var _ = session.start();
        time.settle();
        register(controller(2).next(), Errors.INCONSISTENT_CLUSTER_ID, -1);
        time.advance(1_000);
        assertThat(fatal).hasSize(1);
        assertThat(controller(2).asked).isEmpty();
    }

    @Test
    void aClusterWhoseMetadataThisReleaseDoesNotKnowIsFatal() {
        log.lead(2);
        var _ = session.start();
        time.settle();
        register(controller(2).next(), Errors.UNSUPPORTED_VERSION, -1);
        time.advance(1_000);
        assertThat(fatal)
                .singleElement()
                .satisfies(cause -> assertThat(cause).hasMessageContaining("chronik.metadata.version"));
        assertThat(controller(2).asked).isEmpty();
    }

    @Test
    void aSilentControllerMakesItSendItsClientsAway() {
        var _ = serving();
        // The last heartbeat that was answered left when the session was found to serve.
        time.advance(1_600);
        assertThat(told).doesNotContain("not serving");
        time.advance(300);
        assertThat(told).endsWith("not serving");
        // When somebody hears it again
        log.lead(3);
        time.advance(1_000);
        beat(controller(3).next(), false);
        assertThat(told).endsWith("serving");
    }

    @Test
    void theControllerItselfIsNeverIsolated() {
        var _ = serving();
        log.lead(1);
        time.advance(10_000);
        assertThat(told).doesNotContain("not serving");
    }

    @Test
    void itIsFencedWhenTheControllerSaysSo() {
        var _ = serving();
        time.advance(250);
        beat(controller(2).next(), true);
        assertThat(told).endsWith("not serving");
        time.advance(250);
        Asked asked = controller(2).next();
        assertThat(heartbeat(asked).wantFence()).isFalse();
        beat(asked, false);
        assertThat(told).endsWith("serving");
    }

    @Test
    void itLeavesWhenNobodyIsThereToLetItGo() {
        var _ = serving();
        CompletableFuture<Void> mayStop = session.shutDown();
        time.advance(ControllerSession.LEAVE_ALONE_MS);
        assertThat(mayStop).isNotDone();
        time.advance(ControllerSession.WATCH_MS + 1);
        assertThat(mayStop).isCompleted();
    }

    @Test
    void itLeavesWhenItIsLetGo() {
        var _ = serving();
        CompletableFuture<Void> mayStop = session.shutDown();
        time.settle();
        Asked first = controller(2).next();
        assertThat(heartbeat(first).wantShutDown()).isTrue();
        beat(first, false);
        assertThat(mayStop).isNotDone();
        time.advance(250);
        controller(2)
                .next()
                .reply(new BrokerHeartbeatResponse(
                        new BrokerHeartbeatResponseData().setIsFenced(true).setShouldShutDown(true)));
        time.settle();
        assertThat(mayStop).isCompleted();
        session.stop();
        time.advance(5_000);
        assertThat(controller(2).asked).isEmpty();
    }
}
