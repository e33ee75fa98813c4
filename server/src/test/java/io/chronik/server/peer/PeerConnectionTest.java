package io.chronik.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronik.server.config.HostPort;
import io.chronik.server.lane.VirtualTime;
import io.chronik.server.peer.PeerConnection.PeerAnswer;
import io.chronik.server.peer.PeerConnection.Reason;
import io.chronik.server.peer.ScriptedDialer.ScriptedWire;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;

/// Order, time-outs, back-off and late answers of the requests to one peer, in virtual time.
class PeerConnectionTest {
    private static final HostPort ADDRESS = new HostPort("127.0.0.1", 9093);
    private static final ApiKeys[] SERVED = {ApiKeys.API_VERSIONS, ApiKeys.DESCRIBE_CLUSTER, ApiKeys.FETCH};

    private final VirtualTime time = new VirtualTime();
    private final ScriptedDialer dialer = new ScriptedDialer(time.lane());
    private final List<Reason> reasons = new ArrayList<>();
    private Optional<HostPort> address = Optional.of(ADDRESS);
    private final PeerLink link =
            new PeerLink(dialer, () -> address, () -> new PeerIdentity("chronik-node-1", Optional.of("cluster"), 2));

    PeerConnectionTest() {
        link.onClosed(reasons::add);
    }

    private CompletableFuture<PeerAnswer> ask(int timeoutMs) {
        CompletableFuture<PeerAnswer> answer = link.send(
                        new DescribeClusterRequest.Builder(new DescribeClusterRequestData()), timeoutMs)
                .toCompletableFuture();
        time.settle();
        return answer;
    }

    private static DescribeClusterResponse named(String clusterId) {
        return new DescribeClusterResponse(new DescribeClusterResponseData().setClusterId(clusterId));
    }

    private ScriptedWire wire() {
        return dialer.opened.getLast();
    }

    private static String cluster(CompletableFuture<PeerAnswer> answer) {
        assertThat(answer).isCompleted();
        return ((DescribeClusterResponse) answer.join().body()).data().clusterId();
    }

    @Test
    void nothingIsOpenedBeforeItIsUsed() {
        time.advance(1_000);
        assertThat(dialer.opened).isEmpty();
    }

    @Test
    void answersGoToTheirRequestsAndEightAreInFlight() {
        List<CompletableFuture<PeerAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) answers.add(ask(5_000));
        wire().acceptWith(SERVED);
        assertThat(wire().asked).hasSize(PeerLink.MAX_IN_FLIGHT);
        // When
        for (int i = 0; i < 10; i++) wire().answerNext(named("c" + i));
        // Then
        for (int i = 0; i < 10; i++) assertThat(cluster(answers.get(i))).isEqualTo("c" + i);
        assertThat(dialer.opened).hasSize(1);
    }

    @Test
    void aSilentPeerIsClosedAndTheOthersOfItsConnectionFailToo() {
        CompletableFuture<PeerAnswer> slow = ask(100);
        CompletableFuture<PeerAnswer> behind = ask(5_000);
        ScriptedWire first = wire();
        first.acceptWith(SERVED);
        RequestHeader late = first.asked.getFirst();
        // When
        time.advance(100);
        // Then
        assertThat(slow).isCompletedExceptionally();
        assertThatThrownBy(slow::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(behind).isCompletedExceptionally();
        assertThatThrownBy(behind::join).hasCauseInstanceOf(DisconnectException.class);
        assertThat(first.closed).isTrue();
        assertThat(reasons).containsExactly(Reason.TIMED_OUT);
        // When an answer comes after all, and the next request is under way.
        CompletableFuture<PeerAnswer> next = ask(5_000);
        time.advance(PeerLink.MIN_BACKOFF_MS);
        wire().acceptWith(SERVED);
        first.answer(late, named("late"));
        wire().answerNext(named("next"));
        // Then
        assertThat(cluster(next)).isEqualTo("next");
        assertThat(first.released).isEqualTo(2);
        first.end(null);
        assertThat(reasons).hasSize(1);
    }

    @Test
    void whatWaitsFailsAloneWhenItsTimeIsOver() {
        for (int i = 0; i < PeerLink.MAX_IN_FLIGHT; i++) {
            var _ = ask(5_000);
        }
        CompletableFuture<PeerAnswer> waiting = ask(50);
        wire().acceptWith(SERVED);
        time.advance(50);
        assertThat(waiting).isCompletedExceptionally();
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(reasons).isEmpty();
        assertThat(wire().closed).isFalse();
    }

    @Test
    void refusedConnectionsAreTriedAfterGrowingPauses() {
        List<Long> dialledAtMs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            CompletableFuture<PeerAnswer> lost = ask(10_000);
            int before = dialer.opened.size();
            while (dialer.opened.size() < (i + 1)) time.advance(1);
            assertThat(dialer.opened.size() - before).isLessThanOrEqualTo(1);
            dialledAtMs.add(time.nowMs());
            wire().end(new ConnectException("Connection refused: localhost/127.0.0.1:9093"));
            assertThat(lost).isCompletedExceptionally();
            assertThatThrownBy(lost::join).hasCauseInstanceOf(DisconnectException.class);
        }
        assertThat(reasons).hasSize(8).containsOnly(Reason.REFUSED);
        List<Long> pausesMs = new ArrayList<>();
        for (int i = 1; i < 8; i++) pausesMs.add(dialledAtMs.get(i) - dialledAtMs.get(i - 1));
        assertThat(pausesMs).containsExactly(20L, 40L, 80L, 160L, 320L, 500L, 500L);
    }

    @Test
    void aConnectionThatWorkedIsFollowedAtOnceAndKeepsWhatWaits() {
        CompletableFuture<PeerAnswer> first = ask(5_000);
        wire().acceptWith(SERVED);
        wire().answerNext(named("first"));
        List<CompletableFuture<PeerAnswer>> sent = new ArrayList<>();
        for (int i = 0; i < PeerLink.MAX_IN_FLIGHT; i++) sent.add(ask(5_000));
        CompletableFuture<PeerAnswer> waiting = ask(5_000);
        // When
        wire().end(new IOException("Connection reset"));
        // Then
        assertThat(first).isCompleted();
        assertThat(reasons).containsExactly(Reason.CLOSED_BY_PEER);
        assertThat(sent).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(dialer.opened).hasSize(2);
        wire().acceptWith(SERVED);
        wire().answerNext(named("again"));
        assertThat(cluster(waiting)).isEqualTo("again");
    }

    @Test
    void aPeerThatHangsUpAtOnceIsNotAskedInALoop() {
        List<Long> dialledAtMs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            var _ = ask(10_000);
            while (dialer.opened.size() <= i) time.advance(1);
            dialledAtMs.add(time.nowMs());
            wire().acceptWith(SERVED);
            wire().end(null);
        }
        assertThat(dialledAtMs).containsExactly(0L, 20L, 60L, 140L, 300L);
    }

    @Test
    void aPeerThatAcceptsAndSaysNothingIsTimedOut() {
        CompletableFuture<PeerAnswer> lost = ask(10_000);
        wire().accept();
        time.advance(PeerLink.OPEN_TIMEOUT_MS);
        assertThat(lost).isCompletedExceptionally();
        assertThatThrownBy(lost::join).hasCauseInstanceOf(DisconnectException.class);
        assertThat(reasons).containsExactly(Reason.TIMED_OUT);
    }

    @Test
    void theAddressIsLookedUpEachTime() {
        var _ = ask(5_000);
        wire().end(new ConnectException("Connection refused"));
        address = Optional.of(new HostPort("127.0.0.1", 9193));
        var _ = ask(5_000);
        time.advance(PeerLink.MIN_BACKOFF_MS);
        assertThat(dialer.dialled).containsExactly(ADDRESS, new HostPort("127.0.0.1", 9193));
    }

    @Test
    void anAnswerWithRecordsKeepsItsFrameUntilItIsReleased() {
        CompletableFuture<PeerAnswer> fetched = link.send(
                        FetchRequest.Builder.forReplica((short) 18, 1, 5, 500, 1, new java.util.HashMap<>()), 5_000)
                .toCompletableFuture();
        time.settle();
        wire().acceptWith(SERVED);
        int before = wire().released;
        wire().answerNext(FetchResponse.of(new FetchResponseData()));
        assertThat(wire().released).isEqualTo(before);
        fetched.join().release().run();
        assertThat(wire().released).isEqualTo(before + 1);
    }

    @Test
    void anAnswerToAnotherRequestEndsTheConnection() {
        CompletableFuture<PeerAnswer> asked = ask(5_000);
        wire().acceptWith(SERVED);
        RequestHeader header = wire().asked.getFirst();
        wire().answer(
                        new RequestHeader(header.apiKey(), header.apiVersion(), "x", header.correlationId() + 7),
                        named("other"));
        assertThat(asked).isCompletedExceptionally();
        assertThatThrownBy(asked::join).hasCauseInstanceOf(DisconnectException.class);
        assertThat(wire().closed).isTrue();
    }
}
