package io.chronik.it.crash;

import io.chronik.it.crash.History.Commit;
import io.chronik.it.crash.History.CommittedSample;
import io.chronik.it.crash.History.EndSample;
import io.chronik.it.crash.History.Kind;
import io.chronik.it.crash.History.Reading;
import io.chronik.it.crash.History.Seen;
import io.chronik.it.crash.History.Send;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Compares what clients were told with the log as it was found in the end. Topics have no retention and no
/// transactions; one clock. The numbers are those of the project's reliability reference.
final class HistoryChecker {
    /// One violation of a promise; `check` is C1 to C18.
    record Anomaly(String check, String what) {}

    /// Enough to understand a failure; the count of the rest does not help.
    private static final int MAX_PER_CHECK = 20;

    private final History history;
    private final FinalLog log;
    private final Map<String, List<Anomaly>> found = new TreeMap<>();

    private HistoryChecker(History history, FinalLog log) {
        this.history = history;
        this.log = log;
    }

    static List<Anomaly> check(History history, FinalLog log) {
        HistoryChecker checker = new HistoryChecker(history, log);
        checker.phantoms();
        checker.acknowledged();
        checker.duplicatesAndOrder();
        checker.realTimeOrder();
        checker.readings();
        checker.committedOffsets();
        checker.watermarks();
        return checker.found.values().stream().flatMap(List::stream).toList();
    }

    private void report(String check, String what) {
        List<Anomaly> anomalies = found.computeIfAbsent(check, c -> new ArrayList<>());
        if (anomalies.size() < MAX_PER_CHECK) {
            anomalies.add(new Anomaly(check, what));
        }
    }

    private static String name(long id) {
        return id < 0 ? "damaged record" : "record " + Payload.session(id) + "/" + Payload.sequence(id);
    }

    /// C1: what is in the log was sent, to this partition, and is whole. C6: and was not refused.
    private void phantoms() {
        log.partitions().values().forEach(partition -> partition.forEach(seen -> phantom(seen, "in the log")));
    }

    private void phantom(Seen seen, String where) {
        @Nullable Send send = history.send(seen.id());
        if (send == null || send.partition != seen.partition()) {
            report(
                    "C1",
                    name(seen.id()) + " was never sent to partition " + seen.partition() + ", but is " + where
                            + " at offset " + seen.offset());
        } else if (send.outcome() instanceof Outcome.Fail(String why)) {
            report("C6", name(seen.id()) + " was refused (" + why + "), but is " + where + " at " + seen.offset());
        }
    }

    /// C4: what was acknowledged is there. C2: at the offset that was acknowledged.
    private void acknowledged() {
        for (Send send : history.sends()) {
            long acked = send.ackedOffset();
            if (acked < 0) {
                continue;
            }
            @Nullable Seen there = log.at(send.partition, acked);
            if (there != null && there.id() == send.id) {
                continue;
            }
            if (log.first(send.id) == null) {
                report("C4", name(send.id) + " was acknowledged at " + send.partition + "@" + acked + " and is lost");
            } else {
                report(
                        "C2",
                        name(send.id) + " was acknowledged at " + send.partition + "@" + acked + ", where "
                                + (there == null ? "nothing" : name(there.id())) + " is");
            }
        }
    }

    /// C3: no value twice, unless its client may have sent it twice. C7: each session's first appearances in order.
    private void duplicatesAndOrder() {
        Set<Long> ids = new HashSet<>();
        log.partitions().forEach((partition, records) -> {
            Map<Integer, Long> lastSequence = new HashMap<>();
            for (Seen seen : records) {
                if (seen.id() < 0) {
                    continue;
                }
                if (!ids.add(seen.id())) {
                    if (history.kind(seen.id()) != Kind.RETRYING) {
                        report(
                                "C3",
                                name(seen.id()) + " is twice in the log, again at " + partition + "@" + seen.offset());
                    }
                    continue;
                }
                long sequence = Payload.sequence(seen.id());
                @Nullable Long last = lastSequence.put(Payload.session(seen.id()), sequence);
                if (last != null && last >= sequence) {
                    report(
                            "C7",
                            name(seen.id()) + " is behind number " + last + " of its session, at " + partition + "@"
                                    + seen.offset());
                }
            }
        });
    }

    /// C8: what was sent after an acknowledgement lies behind the acknowledged record.
    private void realTimeOrder() {
        Map<Integer, List<Send>> byPartition = new HashMap<>();
        history.sends()
                .forEach(send -> byPartition
                        .computeIfAbsent(send.partition, p -> new ArrayList<>())
                        .add(send));
        byPartition.forEach((partition, sends) -> {
            List<Send> acked = new ArrayList<>(sends.stream()
                    .filter(send -> send.ackedOffset() >= 0)
                    .sorted(Comparator.comparingLong(Send::endNs))
                    .toList());
            sends.sort(Comparator.comparingLong(send -> send.invokeNs));
            int next = 0;
            long floor = -1;
            for (Send send : sends) {
                while (next < acked.size() && acked.get(next).endNs() < send.invokeNs) {
                    floor = Math.max(floor, acked.get(next++).ackedOffset());
                }
                @Nullable Seen there = log.first(send.id);
                if (there != null && there.offset() <= floor) {
                    report(
                            "C8",
                            name(send.id) + " was sent after the acknowledgement of " + partition + "@" + floor
                                    + ", but lies at " + there.offset());
                }
            }
        });
    }

    /// C1, C6 for readers too. C5: what was read stays. C2: at its offset. C9: in order and without holes.
    private void readings() {
        for (Reading reading : history.readings()) {
            Map<Integer, Integer> lastIndex = new HashMap<>();
            for (Seen seen : reading.seen()) {
                phantom(seen, "read by " + reading.consumer());
                int index = log.indexOf(seen.partition(), seen.offset());
                if (index < 0) {
                    report(
                            "C5",
                            name(seen.id()) + " was read by " + reading.consumer() + " at " + seen.partition() + "@"
                                    + seen.offset() + " and is gone");
                    continue;
                }
                if (log.partition(seen.partition()).get(index).id() != seen.id()) {
                    report(
                            "C2",
                            name(seen.id()) + " was read by " + reading.consumer() + " at " + seen.partition() + "@"
                                    + seen.offset() + ", where now another record is");
                }
                @Nullable Integer last = lastIndex.put(seen.partition(), index);
                if (last != null && index != last + 1) {
                    report(
                            "C9",
                            reading.consumer() + " read record " + index + " of partition " + seen.partition()
                                    + " after record " + last);
                }
            }
        }
    }

    /// C14: an offset that was fetched is one that was written, not older than the newest acknowledged before the
    /// question, not newer than what was sent before the answer. Commits of a (group, partition) grow.
    private void committedOffsets() {
        record Key(String group, int partition) {}
        Map<Key, List<Commit>> commits = new HashMap<>();
        history.commits()
                .forEach(commit -> commits.computeIfAbsent(
                                new Key(commit.group(), commit.partition()), k -> new ArrayList<>())
                        .add(commit));
        for (CommittedSample sample : history.committedSamples()) {
            List<Commit> written = commits.getOrDefault(new Key(sample.group(), sample.partition()), List.of());
            long low = written.stream()
                    .filter(commit -> commit.endNs() < sample.invokeNs())
                    .mapToLong(Commit::offset)
                    .max()
                    .orElse(-1);
            long high = written.stream()
                    .filter(commit -> commit.invokeNs() < sample.endNs())
                    .mapToLong(Commit::offset)
                    .max()
                    .orElse(-1);
            boolean known =
                    sample.offset() == -1 || written.stream().anyMatch(commit -> commit.offset() == sample.offset());
            if (sample.offset() < low || sample.offset() > high || !known) {
                report(
                        "C14",
                        "group " + sample.group() + " partition " + sample.partition() + " has " + sample.offset()
                                + " committed; it should be between " + low + " and " + high);
            }
        }
    }

    /// C18: start <= end; the end covers everything acknowledged before the question, and never goes back.
    private void watermarks() {
        Map<Integer, List<EndSample>> samples = new HashMap<>();
        history.endSamples()
                .forEach(sample -> samples.computeIfAbsent(sample.partition(), p -> new ArrayList<>())
                        .add(sample));
        samples.forEach((partition, ofPartition) -> {
            ofPartition.sort(Comparator.comparingLong(EndSample::invokeNs));
            AckFloor floor = new AckFloor(partition);
            long lastEnd = 0;
            for (EndSample sample : ofPartition) {
                long acked = floor.before(sample.invokeNs());
                if (sample.startOffset() > sample.endOffset()
                        || sample.endOffset() <= acked
                        || sample.endOffset() < lastEnd) {
                    report(
                            "C18",
                            "partition " + partition + " says [" + sample.startOffset() + ", " + sample.endOffset()
                                    + ") after acknowledging " + acked + " and ending at " + lastEnd);
                }
                lastEnd = sample.endOffset();
            }
        });
    }

    /// The largest offset acknowledged before a moment, for growing moments.
    private final class AckFloor {
        private final Send[] acked;
        private int next;
        private long floor = -1;

        AckFloor(int partition) {
            List<Send> ofPartition = new ArrayList<>();
            history.sends().forEach(send -> {
                if (send.partition == partition && send.ackedOffset() >= 0) {
                    ofPartition.add(send);
                }
            });
            acked = ofPartition.toArray(Send[]::new);
            Arrays.sort(acked, Comparator.comparingLong(Send::endNs));
        }

        long before(long nowNs) {
            while (next < acked.length && acked[next].endNs() < nowNs) {
                floor = Math.max(floor, acked[next++].ackedOffset());
            }
            return floor;
        }
    }
}
