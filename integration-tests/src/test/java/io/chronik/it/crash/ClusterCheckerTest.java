package io.chronik.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.crash.ClusterHistory.Fault;
import io.chronik.it.crash.ClusterHistory.LeaderSample;
import io.chronik.it.crash.ClusterHistory.VoteSample;
import io.chronik.it.crash.History.Kind;
import io.chronik.it.crash.History.Send;
import io.chronik.it.crash.ReplicaLog.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// As with HistoryCheckerTest: each check is seen to fail on a history that breaks its rule alone.
class ClusterCheckerTest {
    private static final long SECOND = 1_000_000_000;
    private static final long HEAL = 5 * SECOND;
    private static final long STOP = 100 * SECOND;

    private final History history = new History();
    private final ClusterHistory cluster = new ClusterHistory();
    private final int session = history.newSession(Kind.IDEMPOTENT);
    private long sequence;

    private List<String> checks() {
        return ClusterChecker.check(history, cluster, 0, STOP, HEAL).stream()
                .map(HistoryChecker.Anomaly::check)
                .toList();
    }

    private void ackedAt(long second) {
        Send send = history.invoke(Payload.id(session, sequence++), 0, second * SECOND - 1);
        send.end(new Outcome.Ok(sequence), second * SECOND);
    }

    private void ackedEverySecond(long from, long to) {
        for (long second = from; second <= to; second++) {
            ackedAt(second);
        }
    }

    @Test
    void quietRunHasNoAnomalies() {
        ackedEverySecond(1, 100);
        cluster.add(new LeaderSample(1, 0, 1, 3));
        cluster.add(new LeaderSample(2, 0, 1, 3));
        cluster.add(new LeaderSample(2, 0, -1, 4));
        cluster.add(new LeaderSample(2, 0, 2, 5));
        cluster.add(new LeaderSample(1, 1, 3, 3));
        cluster.add(new VoteSample(1, "a", 2, 2, -1));
        cluster.add(new VoteSample(1, "a", 2, -1, 2));
        cluster.add(new VoteSample(1, "b", 2, 3, -1));
        cluster.add(new VoteSample(2, "c", 2, 2, 2));
        assertThat(checks()).isEmpty();
    }

    @Test
    void twoLeadersOfOneEpoch() {
        cluster.add(new LeaderSample(1, 0, 1, 3));
        cluster.add(new LeaderSample(2, 0, 2, 3));
        assertThat(checks()).containsExactly("C17");
    }

    @Test
    void twoVotesInOneTerm() {
        cluster.add(new VoteSample(1, "a", 2, 2, -1));
        cluster.add(new VoteSample(1, "a", 2, 3, -1));
        assertThat(checks()).containsExactly("C17");
    }

    @Test
    void twoLeadersOfOneTerm() {
        cluster.add(new VoteSample(1, "a", 2, -1, 2));
        cluster.add(new VoteSample(3, "c", 2, -1, 3));
        assertThat(checks()).containsExactly("C17");
    }

    @Test
    void standstillWithoutAFault() {
        ackedEverySecond(1, 20);
        ackedEverySecond(26, 100);
        assertThat(checks()).containsExactly("C20");
    }

    @Test
    void standstillUntilTheEnd() {
        ackedEverySecond(1, 90);
        assertThat(checks()).containsExactly("C20");
    }

    @Test
    void standstillDuringFaultsAndShortlyAfterIsExcused() {
        ackedEverySecond(1, 20);
        cluster.add(new Fault("cut", "1-2", 21 * SECOND, 30 * SECOND));
        cluster.add(new Fault("kill", "3", 28 * SECOND, 40 * SECOND));
        ackedEverySecond(44, 100);
        assertThat(checks()).isEmpty();
    }

    @Test
    void standstillLongAfterAFaultIsNot() {
        ackedEverySecond(1, 20);
        cluster.add(new Fault("cut", "1-2", 21 * SECOND, 30 * SECOND));
        ackedEverySecond(37, 100);
        assertThat(checks()).containsExactly("C20");
    }

    @Test
    void longestGapIsAFigure() {
        ackedEverySecond(1, 20);
        ackedEverySecond(33, 40);
        assertThat(ClusterChecker.longestGapNs(history)).isEqualTo(13 * SECOND);
    }

    private static Batch batch(long base, long last, int epoch, long crc) {
        return new Batch(base, last, epoch, crc, -1, (short) -1, -1);
    }

    private static List<String> replicaChecks(List<Batch> first, List<Batch> other, long end) {
        return ReplicaChecker.check(List.of(new ReplicaLog(1, 0, first), new ReplicaLog(2, 0, other)), Map.of(0, end))
                .stream()
                .map(HistoryChecker.Anomaly::check)
                .toList();
    }

    private final List<Batch> log = List.of(batch(0, 4, 1, 11), batch(5, 9, 1, 12), batch(10, 10, 3, 13));

    @Test
    void sameReplicasAreFine() {
        assertThat(replicaChecks(log, new ArrayList<>(log), 11)).isEmpty();
    }

    @Test
    void whatIsBehindTheHighWatermarkMayDiffer() {
        assertThat(replicaChecks(log, log.subList(0, 2), 10)).isEmpty();
        assertThat(replicaChecks(log, List.of(log.get(0), log.get(1), batch(10, 12, 2, 99)), 10))
                .isEmpty();
    }

    @Test
    void otherContentEpochOrBordersAreDivergence() {
        assertThat(replicaChecks(log, List.of(log.get(0), log.get(1), batch(10, 10, 3, 14)), 11))
                .containsExactly("C16");
        assertThat(replicaChecks(log, List.of(log.get(0), batch(5, 9, 2, 12), log.get(2)), 11))
                .containsExactly("C16");
        assertThat(replicaChecks(log, List.of(batch(0, 9, 1, 11), log.get(2)), 11))
                .containsExactly("C16");
    }

    @Test
    void missingTailIsDivergence() {
        assertThat(replicaChecks(log, log.subList(0, 2), 11)).containsExactly("C16");
        assertThat(replicaChecks(log, new ArrayList<>(log), 12)).containsExactly("C16");
    }

    @Test
    void fallingEpochIsAnomaly() {
        List<Batch> falling = List.of(batch(0, 4, 3, 11), batch(5, 9, 1, 12));
        assertThat(replicaChecks(falling, falling, 10)).containsExactly("C17", "C17");
    }
}
