package io.chronik.metadata.controller;

import io.chronik.metadata.Command;
import io.chronik.metadata.Command.SetPartitionLeader.TopicElections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/// Elections of many partitions, gathered into commands that are small enough for one record of the log each.
final class ElectionBatches {
    private static final int MAX_PARTITIONS_PER_COMMAND = 10_000;

    private final Map<Uuid, List<Command.Election>> gathered = new LinkedHashMap<>();
    private final List<Command> commands = new ArrayList<>();
    private int count;

    void add(Uuid topic, Command.Election election) {
        gathered.computeIfAbsent(topic, _ -> new ArrayList<>()).add(election);
        if (++count == MAX_PARTITIONS_PER_COMMAND) finishCommand();
    }

    List<Command> commands() {
        finishCommand();
        return List.copyOf(commands);
    }

    private void finishCommand() {
        if (count == 0) return;
        List<TopicElections> topics = new ArrayList<>();
        gathered.forEach((topic, elections) -> topics.add(new TopicElections(topic, elections)));
        commands.add(new Command.SetPartitionLeader(topics));
        gathered.clear();
        count = 0;
    }
}
