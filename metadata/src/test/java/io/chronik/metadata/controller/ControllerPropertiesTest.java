package io.chronik.metadata.controller;

import static io.chronik.metadata.controller.Images.CATALOG;
import static io.chronik.metadata.controller.Images.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.ImageDigest;
import io.chronik.metadata.ImageSnapshot;
import io.chronik.metadata.NodeImage;
import io.chronik.metadata.PartitionImage;
import io.chronik.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random lives of small clusters. Whatever happens to nodes and whatever is asked of the controller, after each
/// decision the state is one that is safe to be in.
class ControllerPropertiesTest {
    private static final int SEQUENCES = Integer.getInteger("chronik.sequences", 2_000);
    private static final int STEPS = 40;

    @Test
    void everyDecisionLeavesTheClusterInASafeState() {
        for (long seed = 1; seed <= SEQUENCES; seed++) {
            Life life = new Life(seed);
            try {
                life.live();
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
            }
        }
    }

    private static final class Life {
        private final Random random;
        private final LeaderBalance balance = new LeaderBalance();
        private final List<Command> history = new ArrayList<>();
        private ClusterImage image = ClusterImage.EMPTY;
        private final boolean strict;
        private int incarnations;
        private int disks = 100;

        Life(long seed) {
            random = new Random(seed);
            strict = random.nextBoolean();
        }

        void live() {
            int nodes = 3 + random.nextInt(3);
            for (int node = 1; node <= nodes; node++) {
                register(node, Optional.empty());
                unfence(node);
            }
            for (String topic : List.of("orders", "payments")) {
                run(Cause.OTHER, Images.createTopics(image, Images.topic(topic, 2, 1 + random.nextInt(3))));
            }
            for (int step = 0; step < STEPS; step++) step();
            checkReplay();
            settle();
        }

        private void step() {
            int node = anyNode();
            switch (random.nextInt(17)) {
                case 0 -> register(node, image.node(node).map(NodeImage::directoryId));
                case 1 -> register(node, Optional.empty());
                case 2, 3 -> fence(node);
                case 4, 5, 6 -> unfence(node);
                case 7 -> beginShutdown(node);
                case 8, 9, 10 -> alterPartition();
                case 11 -> reassign();
                case 12 -> elect();
                case 13 -> drain(node);
                case 14 -> {
                    if (random.nextInt(4) == 0) remove(node);
                }
                case 15 -> loseReplica(node);
                default -> run(Cause.OTHER, new Decision<>(balance.next(image, 3), true));
            }
        }

        /// In some lives every other node is known to live when one registers, in others that is not certain.
        private boolean heard() {
            return strict || random.nextBoolean();
        }

        private enum Cause {
            NEW_DISK,
            UNCLEAN,
            OTHER
        }

        private void register(int node, Optional<Uuid> disk) {
            Uuid directory = disk.orElseGet(() -> new Uuid(7, ++disks));
            Registration process = new Registration(
                    node, directory, new Uuid(77, ++incarnations), List.of(), null, Registration.UNKNOWN);
            attempt(() -> {
                Decision<Membership.Registered> decision = membership().register(process, _ -> heard());
                run(decision.reply().lostData() ? Cause.NEW_DISK : Cause.OTHER, decision);
            });
        }

        private void loseReplica(int node) {
            TopicImage topic = anyTopic();
            var partition = new AssignReplicasToDirsRequestData.PartitionData().setPartitionIndex(anyPartition(topic));
            var ofTopic = new AssignReplicasToDirsRequestData.TopicData()
                    .setTopicId(topic.id())
                    .setPartitions(List.of(partition));
            var lost = new AssignReplicasToDirsRequestData.DirectoryData()
                    .setId(LostReplicas.LOST)
                    .setTopics(List.of(ofTopic));
            run(
                    Cause.NEW_DISK,
                    membership()
                            .loseReplicas(new AssignReplicasToDirsRequestData()
                                    .setBrokerId(node)
                                    .setBrokerEpoch(epoch(node))
                                    .setDirectories(List.of(lost))));
        }

        private void fence(int node) {
            run(Cause.OTHER, membership().fence(node, epoch(node)));
        }

        private void unfence(int node) {
            run(Cause.OTHER, membership().unfence(node, epoch(node)));
        }

        private void beginShutdown(int node) {
            run(Cause.OTHER, membership().beginShutdown(node, epoch(node)));
        }

        private void remove(int node) {
            attempt(() -> run(Cause.OTHER, Removal.decide(node, image, SETTINGS, CATALOG)));
        }

        private void drain(int node) {
            if (image.node(node).isEmpty()) return;
            boolean draining = random.nextBoolean();
            run(Cause.OTHER, new Decision<>(List.of(new Command.DrainNode(node, draining)), true));
            run(Cause.OTHER, new Decision<>(DrainPlan.next(image, 2), true));
        }

        private void elect() {
            TopicImage topic = anyTopic();
            boolean unclean = random.nextInt(3) == 0;
            ElectLeadersRequestData request = new ElectLeadersRequestData()
                    .setElectionType(unclean ? ElectionType.UNCLEAN.value : ElectionType.PREFERRED.value);
            request.topicPartitions()
                    .add(new TopicPartitions().setTopic(topic.name()).setPartitions(List.of(anyPartition(topic))));
            run(unclean ? Cause.UNCLEAN : Cause.OTHER, ElectLeaders.decide(request, image));
        }

        private void reassign() {
            TopicImage topic = anyTopic();
            List<Integer> target = new ArrayList<>(image.nodes().keySet());
            Collections.shuffle(target, random);
            boolean cancel = random.nextInt(4) == 0 || target.isEmpty();
            reassign(
                    topic,
                    anyPartition(topic),
                    cancel ? null : target.subList(0, 1 + random.nextInt(Math.min(3, target.size()))));
        }

        private void reassign(TopicImage topic, int partition, @Nullable List<Integer> target) {
            AlterPartitionReassignmentsRequestData request = new AlterPartitionReassignmentsRequestData()
                    .setTopics(List.of(new ReassignableTopic()
                            .setName(topic.name())
                            .setPartitions(List.of(new ReassignablePartition()
                                    .setPartitionIndex(partition)
                                    .setReplicas(target)))));
            run(Cause.OTHER, AlterReassignments.decide(request, image));
        }

        /// The leader, or somebody who is not, proposes some set, mostly with what it should know.
        private void alterPartition() {
            TopicImage topic = anyTopic();
            int partition = anyPartition(topic);
            PartitionImage state = topic.partitions().get(partition);
            List<Integer> isr =
                    state.replicas().stream().filter(_ -> random.nextInt(3) > 0).toList();
            int sender = random.nextInt(5) == 0 ? anyNode() : state.leader();
            alterPartition(topic, partition, sender, isr, random.nextInt(6) == 0 ? random.nextInt(3) - 1 : 0);
        }

        private void alterPartition(TopicImage topic, int partition, int sender, List<Integer> isr, int epochsOff) {
            PartitionImage state = topic.partitions().get(partition);
            List<BrokerState> members = isr.stream()
                    .map(replica -> new BrokerState()
                            .setBrokerId(replica)
                            .setBrokerEpoch(epoch(replica) - (random.nextInt(20) == 0 ? 1 : 0)))
                    .toList();
            AlterPartitionRequestData request =
                    new AlterPartitionRequestData().setBrokerId(sender).setBrokerEpoch(epoch(sender));
            request.topics()
                    .add(new AlterPartitionRequestData.TopicData()
                            .setTopicId(topic.id())
                            .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                    .setPartitionIndex(partition)
                                    .setLeaderEpoch(state.leaderEpoch())
                                    .setPartitionEpoch(state.partitionEpoch() + epochsOff)
                                    .setNewIsrWithEpochs(members))));
            run(Cause.OTHER, AlterPartitions.decide(request, image));
        }

        private void attempt(Runnable decision) {
            try {
                decision.run();
            } catch (ApiException refused) {
                // An answer like any other.
            }
        }

        private void run(Cause cause, Decision<?> decision) {
            ClusterImage before = image;
            for (Command command : decision.commands()) {
                ClusterImage earlier = image;
                history.add(command);
                image = image.apply(command);
                forEachChange(earlier, (was, is) -> checkData(cause, was, is));
            }
            check(cause, before);
        }

        private void check(Cause cause, ClusterImage before) {
            for (TopicImage topic : image.topicsById().values())
                topic.partitions().forEach(this::checkState);
            forEachChange(before, (was, is) -> checkChange(cause, before, was, is));
        }

        private void forEachChange(ClusterImage before, BiConsumer<PartitionImage, PartitionImage> check) {
            for (TopicImage topic : image.topicsById().values()) {
                Optional<TopicImage> earlier = before.topic(topic.id());
                if (earlier.isEmpty()) continue;
                for (int index = 0; index < topic.partitions().size(); index++) {
                    PartitionImage was = earlier.get().partitions().get(index);
                    PartitionImage is = topic.partitions().get(index);
                    if (!is.equals(was)) check.accept(was, is);
                }
            }
        }

        /// One command at a time, some of those that have the data stay in sync.
        private void checkData(Cause cause, PartitionImage earlier, PartitionImage state) {
            boolean kept = state.isr().stream().anyMatch(earlier.isr()::contains);
            if (earlier.isr().isEmpty() || kept || cause == Cause.NEW_DISK) return;
            assertThat(cause).as("the data is given up").isEqualTo(Cause.UNCLEAN);
        }

        private void checkState(PartitionImage state) {
            List<Integer> replicas = state.replicas();
            assertThat(replicas).doesNotHaveDuplicates().isNotEmpty();
            assertThat(state.isr()).doesNotHaveDuplicates();
            assertThat(replicas).containsAll(state.isr());
            assertThat(replicas).containsAll(state.adding()).containsAll(state.removing());
            assertThat(Collections.disjoint(state.adding(), state.removing())).isTrue();
            if (state.hasLeader()) {
                assertThat(state.isr()).contains(state.leader());
                assertThat(image.node(state.leader()).orElseThrow().fenced()).isFalse();
            }
            if (!strict || !state.hasLeader()) return;
            for (int member : state.isr()) {
                assertThat(image.node(member).orElseThrow().fenced())
                        .as("who is fenced is in sync only where nobody leads")
                        .isFalse();
            }
        }

        private void checkChange(Cause cause, ClusterImage before, PartitionImage earlier, PartitionImage state) {
            assertThat(state.partitionEpoch()).isGreaterThan(earlier.partitionEpoch());
            assertThat(state.leaderEpoch()).isGreaterThanOrEqualTo(earlier.leaderEpoch());
            if (state.leader() != earlier.leader()) {
                assertThat(state.leaderEpoch()).isGreaterThan(earlier.leaderEpoch());
            }
            if (!earlier.isr().isEmpty() && state.isr().isEmpty())
                assertThat(cause).isEqualTo(Cause.NEW_DISK);
            if (state.uncleanEpoch() != earlier.uncleanEpoch()) {
                assertThat(cause).isEqualTo(Cause.UNCLEAN);
                assertThat(state.uncleanEpoch()).isEqualTo(state.leaderEpoch());
            }
            if (state.hasLeader() && state.leaderEpoch() == earlier.leaderEpoch()) {
                assertThat(epochIn(before, state.leader()))
                        .as("who leads on in an epoch is the same process")
                        .isEqualTo(epochIn(image, state.leader()));
            }
            if (!new HashSet<>(state.replicas()).containsAll(earlier.replicas()) && earlier.moving()) {
                assertThat(state.isr()).isNotEmpty();
            }
        }

        /// The history makes the same state elsewhere, through bytes, and so does its snapshot.
        private void checkReplay() {
            ClusterImage replayed = ClusterImage.EMPTY;
            for (Command command : history) {
                replayed = replayed.apply(CommandCodec.decode(CommandCodec.encode(command)));
            }
            List<Command> snapshot = new ArrayList<>();
            ImageSnapshot.write(image, snapshot::add);
            ClusterImage loaded = ClusterImage.EMPTY;
            for (Command command : snapshot) loaded = loaded.apply(command);
            assertThat(replayed).isEqualTo(image);
            assertThat(loaded.at(image.appliedIndex())).isEqualTo(image);
            assertThat(ImageDigest.of(replayed)).isEqualTo(ImageDigest.of(image));
        }

        /// When all nodes live and followers catch up, every partition that still has its data is led, and every move
        /// comes to its end.
        private void settle() {
            for (int node : List.copyOf(image.nodes().keySet())) {
                register(node, image.node(node).map(NodeImage::directoryId));
                unfence(node);
            }
            for (int round = 0; round < 3; round++) {
                for (TopicImage topic : List.copyOf(image.topicsById().values())) {
                    for (int index = 0; index < topic.partitions().size(); index++) {
                        TopicImage present = image.topic(topic.id()).orElseThrow();
                        PartitionImage state = present.partitions().get(index);
                        if (state.isr().isEmpty()) continue;
                        assertThat(state.hasLeader()).isTrue();
                        AlterPartitionRequestData request = new AlterPartitionRequestData()
                                .setBrokerId(state.leader())
                                .setBrokerEpoch(epoch(state.leader()));
                        request.topics()
                                .add(new AlterPartitionRequestData.TopicData()
                                        .setTopicId(topic.id())
                                        .setPartitions(List.of(new AlterPartitionRequestData.PartitionData()
                                                .setPartitionIndex(index)
                                                .setLeaderEpoch(state.leaderEpoch())
                                                .setPartitionEpoch(state.partitionEpoch())
                                                .setNewIsrWithEpochs(state.replicas().stream()
                                                        .map(replica -> new BrokerState()
                                                                .setBrokerId(replica)
                                                                .setBrokerEpoch(epoch(replica)))
                                                        .toList()))));
                        run(Cause.OTHER, AlterPartitions.decide(request, image));
                    }
                }
            }
            for (TopicImage topic : image.topicsById().values()) {
                for (PartitionImage state : topic.partitions()) {
                    if (state.isr().isEmpty()) continue;
                    assertThat(state.moving()).isFalse();
                    assertThat(state.isr()).isEqualTo(state.replicas());
                }
            }
        }

        private Membership membership() {
            return new Membership(image, SETTINGS, CATALOG);
        }

        private int anyNode() {
            return 1 + random.nextInt(5);
        }

        private TopicImage anyTopic() {
            return image.topic(random.nextBoolean() ? "orders" : "payments").orElseThrow();
        }

        private int anyPartition(TopicImage topic) {
            return random.nextInt(topic.partitions().size());
        }

        private long epoch(int node) {
            return epochIn(image, node);
        }

        private static long epochIn(ClusterImage image, int node) {
            return image.node(node).map(NodeImage::epoch).orElse(-5L);
        }
    }
}
