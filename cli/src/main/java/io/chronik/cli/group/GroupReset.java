package io.chronik.cli.group;

import io.chronik.cli.client.Answers;
import io.chronik.cli.client.ClientCommand;
import io.chronik.cli.client.Offsets;
import io.chronik.cli.client.StartPoint;
import io.chronik.cli.output.Failure;
import io.chronik.cli.output.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik group reset`: like every command it does what it says, unless `--dry-run` is given.
@Command(
        name = "reset",
        aliases = "seek",
        description = "Move the committed offsets of a group that has no members.",
        footer = {
            "",
            "Examples:",
            "  chronik group reset billing --to start --dry-run     show what would change",
            "  chronik group reset billing --to @-1h                back to an hour ago, all its topics",
            "  chronik group reset billing --to -100 -t orders      100 before the end, one topic",
            "  chronik group reset billing --to 42 -t orders:0,3    an offset, two partitions",
            "  chronik group reset billing --to shift:-10           ten back from where it is",
        })
final class GroupReset extends ClientCommand {
    /// One partition's move. `from` is null where nothing was committed.
    private record Move(
            String topic, int partition, @Nullable Long from, long to) {}

    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    @Parameters(paramLabel = "GROUP", description = "The group.")
    private String group = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = StartPoint.SYNTAX + "|shift:N",
            converter = ResetTarget.Converter.class,
            description = "Where to: -N is N before the end, @timestamp as in `chronik consume`,"
                    + " shift:-N and shift:+N count from the committed offset."
                    + " Always ends within what the partition has.")
    private ResetTarget target = new ResetTarget.Shift(0);

    @Option(
            names = {"-t", "--topic", "--topics"},
            paramLabel = "TOPIC[:P,P]",
            converter = PartitionsArgument.Converter.class,
            description = "Only this topic, or these partitions of it; can be repeated"
                    + " (default: all partitions with a committed offset).")
    private List<PartitionsArgument> arguments = List.of();

    @Option(names = "--dry-run", description = "Show what would change, and change nothing.")
    private boolean dryRun;

    @Option(names = "--execute", hidden = true, description = "The default; for those used to Kafka's own tool.")
    @SuppressWarnings("unused") // accepted and of no effect
    private boolean execute;

    @Override
    protected int run(Admin admin) {
        Map<TopicPartition, Long> committed = committed(admin);
        List<TopicPartition> partitions = partitions(admin, committed);
        Map<TopicPartition, Long> to =
                resolve(new Offsets(admin, IsolationLevel.READ_UNCOMMITTED), partitions, committed);
        if (!dryRun) {
            requireNoMembers(admin);
            Map<TopicPartition, OffsetAndMetadata> request = new HashMap<>();
            to.forEach((partition, offset) -> request.put(partition, new OffsetAndMetadata(offset)));
            Answers.await(admin.alterConsumerGroupOffsets(group, request).all());
        }
        show(partitions, committed, to);
        return 0;
    }

    /// Empty for a group that does not exist: resetting makes it.
    private Map<TopicPartition, Long> committed(Admin admin) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        try {
            Answers.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                    .forEach((partition, at) ->
                            Optional.ofNullable(at).ifPresent(present -> offsets.put(partition, present.offset())));
        } catch (Failure e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
        return offsets;
    }

    private List<TopicPartition> partitions(Admin admin, Map<TopicPartition, Long> committed) {
        TreeSet<TopicPartition> partitions = new TreeSet<>(BY_NAME);
        if (arguments.isEmpty()) {
            partitions.addAll(committed.keySet());
        } else {
            partitions.addAll(existing(admin));
        }
        if (partitions.isEmpty()) {
            throw new Failure("group " + group + " has no committed offsets; name topics with -t");
        }
        return new ArrayList<>(partitions);
    }

    private List<TopicPartition> existing(Admin admin) {
        List<String> topics =
                arguments.stream().map(PartitionsArgument::topic).distinct().toList();
        Map<String, TopicDescription> found =
                Answers.await(admin.describeTopics(topics).allTopicNames());
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionsArgument argument : arguments) {
            int count = Answers.about(argument.topic(), found).partitions().size();
            argument.partitions().stream()
                    .filter(p -> p < 0 || p >= count)
                    .findFirst()
                    .ifPresent(missing -> {
                        throw new Failure(
                                "topic " + argument.topic() + " has no partition " + missing + "; it has " + count);
                    });
            for (int partition = 0; partition < count; partition++) {
                if (argument.includes(partition)) {
                    partitions.add(new TopicPartition(argument.topic(), partition));
                }
            }
        }
        return partitions;
    }

    private Map<TopicPartition, Long> resolve(
            Offsets offsets, List<TopicPartition> partitions, Map<TopicPartition, Long> committed) {
        return switch (target) {
            case ResetTarget.Place(StartPoint point) -> offsets.of(point, partitions);
            case ResetTarget.Shift(long by) -> shifted(offsets, partitions, committed, by);
        };
    }

    private Map<TopicPartition, Long> shifted(
            Offsets offsets, List<TopicPartition> partitions, Map<TopicPartition, Long> committed, long by) {
        Map<TopicPartition, Long> starts = offsets.starts(partitions);
        Map<TopicPartition, Long> ends = offsets.ends(partitions);
        Map<TopicPartition, Long> shifted = new LinkedHashMap<>();
        for (TopicPartition partition : partitions) {
            Long at = committed.get(partition);
            if (at == null) {
                throw new Failure("group " + group + " has nothing committed for " + partition + " to shift from");
            }
            long start = starts.getOrDefault(partition, 0L);
            shifted.put(partition, Math.clamp(at + by, start, Math.max(start, ends.getOrDefault(partition, start))));
        }
        return shifted;
    }

    /// The coordinator refuses anyway, with a less helpful error.
    private void requireNoMembers(Admin admin) {
        ConsumerGroupDescription description;
        try {
            description = Answers.await(Answers.about(
                    group, admin.describeConsumerGroups(List.of(group)).describedGroups()));
        } catch (Failure e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return;
            }
            throw e;
        }
        if (!description.members().isEmpty()) {
            throw new Failure("group " + group + " is " + description.groupState() + " with "
                    + description.members().size() + " members; stop them first");
        }
    }

    private void show(
            List<TopicPartition> partitions, Map<TopicPartition, Long> committed, Map<TopicPartition, Long> to) {
        List<Move> moves = new ArrayList<>();
        Table table = new Table("TOPIC", "PARTITION", "PRIOR-OFFSET", "CURRENT-OFFSET");
        for (TopicPartition partition : partitions) {
            Move move = new Move(
                    partition.topic(),
                    partition.partition(),
                    committed.get(partition),
                    to.getOrDefault(partition, -1L));
            moves.add(move);
            table.row(move.topic, move.partition, move.from, move.to);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("group", group);
        result.put("dryRun", dryRun);
        result.put("moves", moves);
        output.show(result, out -> {
            table.print(out);
            if (dryRun) {
                out.println("Dry run: nothing has changed.");
            }
        });
    }
}
