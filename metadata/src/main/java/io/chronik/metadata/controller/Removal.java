package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import io.chronik.metadata.config.ConfigCatalog;
import io.chronik.metadata.config.EffectiveConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InvalidRequestException;

/// UnregisterBroker: a node leaves the cluster for good. Its replicas are given up, so it is refused while it lives,
/// and where it would leave a partition with fewer replicas in sync than the topic wants, or with none.
public final class Removal {
    private static final int TOPICS_IN_MESSAGE = 10;

    private final ClusterImage image;
    private final EffectiveConfig configs;

    private Removal(ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        this.image = image;
        this.configs = settings.effective(catalog, image);
    }

    /// @throws BrokerIdNotRegisteredException when there is no such node
    /// @throws InvalidRequestException when it can't go; the message names the topics that need it
    public static Decision<Boolean> decide(
            int nodeId, ClusterImage image, ControllerSettings settings, ConfigCatalog catalog) {
        NodeImage node = image.node(nodeId)
                .orElseThrow(() ->
                        new BrokerIdNotRegisteredException("Broker ID " + nodeId + " is not currently registered."));
        return new Removal(image, settings, catalog).remove(node);
    }

    private Decision<Boolean> remove(NodeImage node) {
        if (!node.fenced()) {
            throw new InvalidRequestException("Node " + node.id() + " is running; stop it before it is removed.");
        }
        Set<String> needed = new TreeSet<>();
        List<Command> commands = new ArrayList<>();
        IntPredicate mayLead = new PartitionElections(image, _ -> false)::mayLead;
        for (TopicImage topic : image.topicsOf(node.id())) {
            int minInSync = minInSync(topic);
            for (int index = 0; index < topic.partitions().size(); index++) {
                PartitionImage state = topic.partitions().get(index);
                if (!state.replicas().contains(node.id())) continue;
                if (!dispensable(node.id(), state, minInSync)) {
                    needed.add(topic.name());
                    continue;
                }
                commands.add(new Command.AssignPartition(topic.id(), index, without(node.id(), state, mayLead)));
            }
        }
        if (!needed.isEmpty()) throw new InvalidRequestException(refusal(node.id(), needed));
        forgetDrain(node).ifPresent(commands::add);
        commands.add(new Command.RemoveNode(node.id(), node.epoch()));
        return new Decision<>(commands, true);
    }

    /// So that the node isn't drained from the start if it ever comes back.
    private Optional<Command> forgetDrain(NodeImage node) {
        ConfigResource settings = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(node.id()));
        return image.configOf(settings).containsKey(ConfigAlteration.DRAIN)
                ? Optional.of(new Command.SetConfig(settings, new TreeMap<>(), List.of(ConfigAlteration.DRAIN)))
                : Optional.empty();
    }

    private int minInSync(TopicImage topic) {
        return configs.topicValue(topic.name(), TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                .map(Integer::parseInt)
                .orElse(1);
    }

    /// A topic that wants more replicas in sync than would be left has to be content with those.
    private static boolean dispensable(int nodeId, PartitionImage state, int minInSync) {
        long inSync = state.isr().stream().filter(replica -> replica != nodeId).count();
        int left = state.replicas().size() - 1;
        return inSync >= Math.max(1, Math.min(minInSync, left));
    }

    private static PartitionImage without(int nodeId, PartitionImage state, IntPredicate mayLead) {
        List<Integer> gone = List.of(nodeId);
        List<Integer> isr = Reassignments.without(state.isr(), gone);
        int leader = isr.contains(state.leader())
                ? state.leader()
                : isr.stream().filter(mayLead::test).findFirst().orElse(PartitionImage.NO_LEADER);
        // A partition that was moving to this node alone stays where it is.
        boolean stays = Reassignments.target(state).equals(gone);
        PartitionImage reduced = new PartitionImage(
                Reassignments.without(state.replicas(), gone),
                stays ? List.of() : Reassignments.without(state.adding(), gone),
                stays ? List.of() : Reassignments.without(state.removing(), gone),
                isr,
                leader,
                state.leaderEpoch() + 1,
                state.partitionEpoch() + 1,
                state.uncleanEpoch());
        return Reassignments.next(reduced, mayLead).orElse(reduced);
    }

    private static String refusal(int nodeId, Set<String> topics) {
        String named =
                String.join(", ", topics.stream().limit(TOPICS_IN_MESSAGE).toList());
        int more = topics.size() - TOPICS_IN_MESSAGE;
        return "Node " + nodeId + " can't be removed: without it fewer replicas than min.insync.replicas would be in"
                + " sync in " + named + (more > 0 ? " and " + more + " more topics" : "") + ".";
    }
}
