package io.chronik.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.crash.History.Commit;
import io.chronik.it.crash.History.CommittedSample;
import io.chronik.it.crash.History.EndSample;
import io.chronik.it.crash.History.Kind;
import io.chronik.it.crash.History.Reading;
import io.chronik.it.crash.History.Seen;
import io.chronik.it.crash.History.Send;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A checker is trusted after each of its checks has been seen to fail.
class HistoryCheckerTest {
    private static final String GROUP = "g";

    private final History history = new History();
    private final int idempotent = history.newSession(Kind.IDEMPOTENT);
    private final int retrying = history.newSession(Kind.RETRYING);
    private final List<Seen> log = new ArrayList<>();
    private long nowNs = 1_000;

    private Send send(int session, long sequence) {
        return history.invoke(Payload.id(session, sequence), 0, nowNs++);
    }

    private Send acked(int session, long sequence, long offset) {
        Send send = send(session, sequence);
        send.end(new Outcome.Ok(offset), nowNs++);
        return send;
    }

    private void stored(long offset, Send send) {
        log.add(new Seen(send.partition, offset, send.id));
    }

    /// Five acknowledged records in their places, one of unknown fate that made it and one that did not.
    private void cleanHistory() {
        for (int i = 0; i < 5; i++) {
            stored(i, acked(idempotent, i, i));
        }
        Send made = send(idempotent, 5);
        made.end(new Outcome.Info("disconnected"), nowNs++);
        stored(5, made);
        send(idempotent, 6);
    }

    private List<String> checks() {
        return HistoryChecker.check(history, new FinalLog(log)).stream()
                .map(HistoryChecker.Anomaly::check)
                .distinct()
                .toList();
    }

    private Reading reading(long... offsets) {
        List<Seen> seen = new ArrayList<>();
        for (long offset : offsets) {
            seen.add(new Seen(0, offset, log.get((int) offset).id()));
        }
        return new Reading("reader", seen);
    }

    @Test
    void aCleanHistoryHasNoAnomaly() {
        cleanHistory();
        history.add(reading(0, 1, 2, 3, 4, 5));
        history.add(new Commit(GROUP, 0, 3, nowNs++, nowNs++));
        history.add(new CommittedSample(GROUP, 0, 3, nowNs++, nowNs++));
        history.add(new EndSample(0, 0, 6, nowNs++));
        assertThat(checks()).isEmpty();
    }

    @Test
    void aRecordThatNobodySentIsAPhantom() {
        cleanHistory();
        log.add(new Seen(0, 6, Payload.id(idempotent, 77)));
        assertThat(checks()).containsExactly("C1");
    }

    @Test
    void aDamagedRecordIsAPhantom() {
        cleanHistory();
        log.add(new Seen(0, 6, -1));
        assertThat(checks()).containsExactly("C1");
    }

    @Test
    void aRecordInAnotherPartitionIsAPhantom() {
        cleanHistory();
        log.set(5, new Seen(1, 5, log.get(5).id()));
        assertThat(checks()).containsExactly("C1");
    }

    @Test
    void aRecordAwayFromItsAcknowledgedOffsetIsInconsistent() {
        stored(0, acked(idempotent, 0, 7));
        assertThat(checks()).containsExactly("C2");
    }

    @Test
    void aRecordThatWasReadElsewhereIsInconsistent() {
        cleanHistory();
        history.add(new Reading("reader", List.of(new Seen(0, 1, log.get(0).id()))));
        assertThat(checks()).containsExactly("C2");
    }

    @Test
    void aDuplicateOfAnIdempotentProducerIsFound() {
        cleanHistory();
        log.add(new Seen(0, 6, log.get(2).id()));
        assertThat(checks()).containsExactly("C3");
    }

    @Test
    void aDuplicateOfARetryingProducerIsAllowed() {
        Send send = acked(retrying, 0, 0);
        stored(0, send);
        stored(1, send);
        assertThat(checks()).isEmpty();
    }

    @Test
    void aLostAcknowledgedRecordIsFound() {
        cleanHistory();
        log.remove(4);
        assertThat(checks()).contains("C4");
    }

    @Test
    void aRecordThatWasReadAndIsGoneIsFound() {
        cleanHistory();
        history.add(new Reading("reader", List.of(new Seen(0, 6, Payload.id(idempotent, 6)))));
        assertThat(checks()).containsExactly("C5");
    }

    @Test
    void aRefusedRecordInTheLogIsFound() {
        Send send = send(idempotent, 0);
        send.end(new Outcome.Fail("MESSAGE_TOO_LARGE"), nowNs++);
        stored(0, send);
        assertThat(checks()).containsExactly("C6");
    }

    @Test
    void recordsOfASessionOutOfOrderAreFound() {
        Send first = send(idempotent, 0);
        Send second = send(idempotent, 1);
        stored(0, second);
        stored(1, first);
        assertThat(checks()).containsExactly("C7");
    }

    @Test
    void aLaterRecordBeforeAnAcknowledgedOneIsFound() {
        Send first = acked(idempotent, 0, 1);
        Send later = acked(retrying, 0, 0);
        stored(0, later);
        stored(1, first);
        assertThat(checks()).containsExactly("C8");
    }

    @Test
    void aHoleInAReadingIsFound() {
        cleanHistory();
        history.add(reading(0, 1, 3));
        assertThat(checks()).containsExactly("C9");
    }

    @Test
    void aReadingThatGoesBackIsFound() {
        cleanHistory();
        history.add(reading(0, 1, 1));
        assertThat(checks()).containsExactly("C9");
    }

    @Test
    void aCommittedOffsetThatWentBackIsFound() {
        history.add(new Commit(GROUP, 0, 3, nowNs++, nowNs++));
        history.add(new Commit(GROUP, 0, 9, nowNs++, nowNs++));
        history.add(new CommittedSample(GROUP, 0, 3, nowNs++, nowNs++));
        assertThat(checks()).containsExactly("C14");
    }

    @Test
    void aCommittedOffsetThatNobodyWroteIsFound() {
        history.add(new Commit(GROUP, 0, 3, nowNs++, nowNs++));
        history.add(new Commit(GROUP, 0, 9, nowNs++, Long.MAX_VALUE));
        history.add(new CommittedSample(GROUP, 0, 5, nowNs++, nowNs++));
        assertThat(checks()).containsExactly("C14");
    }

    @Test
    void aCommitOfUnknownFateMayBeThereOrNot() {
        history.add(new Commit(GROUP, 0, 3, nowNs++, nowNs++));
        history.add(new Commit(GROUP, 0, 9, nowNs++, Long.MAX_VALUE));
        history.add(new CommittedSample(GROUP, 0, 9, nowNs++, nowNs++));
        history.add(new CommittedSample("other", 0, -1, nowNs++, nowNs++));
        assertThat(checks()).isEmpty();
    }

    @Test
    void anEndBelowAnAcknowledgedOffsetIsFound() {
        cleanHistory();
        history.add(new EndSample(0, 0, 4, nowNs++));
        assertThat(checks()).containsExactly("C18");
    }

    @Test
    void anEndThatGoesBackIsFound() {
        history.add(new EndSample(0, 0, 4, nowNs++));
        history.add(new EndSample(0, 0, 3, nowNs++));
        assertThat(checks()).containsExactly("C18");
    }

    @Test
    void aPayloadIsRecognizedAndItsDamageToo() {
        byte[] bytes = new Payload(Payload.id(3, 9), 2).encode(100);
        assertThat(Payload.decode(bytes)).isEqualTo(new Payload(Payload.id(3, 9), 2));
        bytes[50] ^= 1;
        assertThat(Payload.decode(bytes).id()).isEqualTo(-1);
    }
}
