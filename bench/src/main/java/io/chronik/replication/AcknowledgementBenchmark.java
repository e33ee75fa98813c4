package io.chronik.replication;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// From the durable end to the acknowledgement: 64 waiting replies, one move of the high watermark.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AcknowledgementBenchmark {
    private static final int WAITING = 64;
    private static final AppendOutcome.Committed OUTCOME = new AppendOutcome.Committed(0, -1, 0);

    private final ReplicaProgress progress = new ReplicaProgress(1, List.of(1, 2, 3), 2, 0, 0, 0);
    private final PendingAcks acks = new PendingAcks();
    private long end;

    @Benchmark
    public void acknowledge(Blackhole answers) {
        for (int i = 1; i <= WAITING; i++) acks.add(end + i, Long.MAX_VALUE, OUTCOME, answers::consume);
        end += WAITING;
        answers.consume(progress.advanceSelf(end));
        for (int replica = 2; replica <= 3; replica++) answers.consume(progress.advance(replica, 0, end, end, 0));
        acks.completeUpTo(progress.highWatermark());
    }
}
