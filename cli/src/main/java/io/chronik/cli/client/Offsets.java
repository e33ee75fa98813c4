package io.chronik.cli.client;

import io.chronik.cli.output.Failure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/// Turns a `StartPoint` into offsets by asking the partitions' leaders.
public final class Offsets {
    private final Admin admin;
    private final ListOffsetsOptions options;

    public Offsets(Admin admin, IsolationLevel isolation) {
        this.admin = admin;
        this.options = new ListOffsetsOptions(isolation);
    }

    /// The first offset that exists, per partition.
    public Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions) {
        return ask(partitions, OffsetSpec.earliest());
    }

    /// The end of what a consumer of the isolation level sees, exclusive, per partition.
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return ask(partitions, OffsetSpec.latest());
    }

    /// As `starts`, without the partitions that nobody answers for, such as those of deleted topics.
    public Map<TopicPartition, Long> startsOfExisting(Collection<TopicPartition> partitions) {
        return askEach(existing(partitions), OffsetSpec.earliest());
    }

    /// As `ends`, without the partitions that nobody answers for.
    public Map<TopicPartition, Long> endsOfExisting(Collection<TopicPartition> partitions) {
        return askEach(existing(partitions), OffsetSpec.latest());
    }

    /// Where to start reading, within what exists: an offset below or above moves to the nearest end.
    public Map<TopicPartition, Long> of(StartPoint point, Collection<TopicPartition> partitions) {
        return switch (point) {
            case StartPoint.Start() -> starts(partitions);
            case StartPoint.End() -> ends(partitions);
            case StartPoint.At(long offset) -> clamp(partitions, end -> offset);
            case StartPoint.BeforeEnd(long count) -> clamp(partitions, end -> end - count);
            case StartPoint.Since(long timestampMs) -> since(timestampMs, partitions);
        };
    }

    /// `wanted` gives the offset from a partition's end.
    private Map<TopicPartition, Long> clamp(Collection<TopicPartition> partitions, Function<Long, Long> wanted) {
        Map<TopicPartition, Long> ends = ends(partitions);
        Map<TopicPartition, Long> offsets = new LinkedHashMap<>(starts(partitions));
        offsets.replaceAll((partition, start) -> {
            long end = Math.max(start, ends.getOrDefault(partition, start));
            return Math.clamp(wanted.apply(end), start, end);
        });
        return offsets;
    }

    /// No record is that young: the end.
    private Map<TopicPartition, Long> since(long timestampMs, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = ask(partitions, OffsetSpec.forTimestamp(timestampMs));
        Map<TopicPartition, Long> ends = ends(partitions);
        offsets.replaceAll((partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
        return offsets;
    }

    private Map<TopicPartition, Long> ask(Collection<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, ListOffsetsResultInfo> answers = Answers.await(
                admin.listOffsets(request(partitions, spec), options).all());
        Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
        partitions.forEach(partition -> {
            ListOffsetsResultInfo info = answers.get(partition);
            if (info != null) {
                offsets.put(partition, info.offset());
            }
        });
        return offsets;
    }

    /// The client would wait for a missing topic until its time-out.
    private List<TopicPartition> existing(Collection<TopicPartition> partitions) {
        var topics = Answers.await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        return partitions.stream().filter(p -> topics.contains(p.topic())).toList();
    }

    private Map<TopicPartition, Long> askEach(List<TopicPartition> partitions, OffsetSpec spec) {
        ListOffsetsResult answers = admin.listOffsets(request(partitions, spec), options);
        Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
        for (TopicPartition partition : partitions) {
            try {
                offsets.put(
                        partition,
                        Answers.await(answers.partitionResult(partition)).offset());
            } catch (Failure e) {
                // Left out: the caller shows the rest.
            }
        }
        return offsets;
    }

    private static Map<TopicPartition, OffsetSpec> request(Collection<TopicPartition> partitions, OffsetSpec spec) {
        return partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> spec));
    }
}
