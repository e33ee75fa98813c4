package io.chronik.bench.load;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;

/// The topics of one bench, made and counted through the Admin client.
public final class Topics implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 240;

    private final Admin admin;

    public Topics(Target target) {
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                target.bootstrap(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                1000 * TIMEOUT_SECONDS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                1000 * TIMEOUT_SECONDS));
    }

    /// Creates a topic under a new name and waits until every partition has a leader that serves: Kafka's metadata
    /// name one before it does.
    public String create(int partitions) {
        String name = "bench-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        create(name, partitions);
        awaitLeaders(name, partitions);
        count(name, partitions);
        return name;
    }

    /// The same with `replicas` replicas of every partition in sync. (A Java producer that comes before a
    /// leader of Kafka serves may be stuck with a batch for its whole delivery timeout.)
    public String createReplicated(int partitions, int replicas, Map<String, String> configs) {
        String name = "bench-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        NewTopic topic = new NewTopic(name, partitions, (short) replicas).configs(configs);
        try {
            admin.createTopics(List.of(topic)).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            // Nobody else has this name: the answer to an earlier try of this request was lost.
            if (!(e.getCause() instanceof TopicExistsException)) throw new IllegalStateException(e);
        }
        awaitInSync(name, partitions, replicas);
        awaitServed(name, partitions);
        return name;
    }

    /// Topics of one partition, in one request; returns when it is answered.
    public void createAll(List<String> names, int replicas) {
        get(admin.createTopics(names.stream()
                        .map(name -> new NewTopic(name, 1, (short) replicas))
                        .toList())
                .all());
    }

    /// Waits until `replicas` replicas of every partition are in sync.
    public void awaitInSync(String name, int partitions, int replicas) {
        awaitLeaders(name, partitions);
        await(() -> describe(name).partitions().stream()
                .allMatch(partition -> isLed(partition) && partition.isr().size() >= replicas));
    }

    /// The same for many topics.
    public void awaitInSync(List<String> names, int replicas) {
        await(() -> get(admin.describeTopics(names).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> isLed(partition) && partition.isr().size() >= replicas));
    }

    public boolean isUnderReplicated(String name) {
        return describe(name).partitions().stream()
                .anyMatch(partition ->
                        partition.isr().size() < partition.replicas().size());
    }

    public TopicDescription describe(String name) {
        TopicDescription topic =
                get(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
        if (topic == null) throw new IllegalStateException("no topic " + name);
        return topic;
    }

    /// The node that leads the metadata quorum.
    public int controller() {
        return get(admin.describeMetadataQuorum().quorumInfo()).leaderId();
    }

    public long quorumEpoch() {
        return get(admin.describeMetadataQuorum().quorumInfo()).leaderEpoch();
    }

    /// The sum of the leader epochs of all partitions: one more with every election.
    public long leaderEpochs(String name, int partitions) {
        return offsets(name, partitions, OffsetSpec.latest()).stream()
                .mapToLong(end -> end.leaderEpoch().orElseThrow())
                .sum();
    }

    public int liveNodes() {
        return get(admin.describeCluster().nodes()).size();
    }

    /// Moves a partition's replicas to these nodes, in this order of preference, and waits until the first one leads.
    public void place(String name, int partition, List<Integer> replicas) {
        TopicPartition id = new TopicPartition(name, partition);
        get(admin.alterPartitionReassignments(Map.of(id, Optional.of(new NewPartitionReassignment(replicas))))
                .all());
        await(() -> {
            TopicPartitionInfo now = describe(name).partitions().get(partition);
            if (now.replicas().size() != replicas.size() || now.isr().size() != replicas.size()) return false;
            if (isLed(now) && now.leader().id() == replicas.getFirst()) return true;
            admin.electLeaders(ElectionType.PREFERRED, Set.of(id)).partitions().get();
            return false;
        });
    }

    public Uuid create(String name, int partitions) {
        var created = admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)));
        get(created.all());
        return get(created.topicId(name));
    }

    /// Waits until `partitions` partitions of the topic have leaders, in the answer to one Metadata request.
    public void awaitLeaders(String name, int partitions) {
        await(() -> {
            try {
                TopicDescription topic = admin.describeTopics(List.of(name))
                        .allTopicNames()
                        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .get(name);
                return topic != null
                        && topic.partitions().size() == partitions
                        && topic.partitions().stream().allMatch(Topics::isLed);
            } catch (ExecutionException e) {
                return false;
            }
        });
    }

    /// Every leader answers; another node than the one that said who leads may hear of the topic later.
    private void awaitServed(String name, int partitions) {
        await(() -> {
            try {
                count(name, partitions);
                return true;
            } catch (IllegalStateException notYet) {
                return false;
            }
        });
    }

    private static boolean isLed(TopicPartitionInfo partition) {
        return partition.leader() != null && !partition.leader().isEmpty();
    }

    /// Asks again every 10 ms until it is so; throws after some minutes.
    public static void await(Condition condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > deadlineNs) throw new IllegalStateException("did not come true");
                Thread.sleep(10);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Something that becomes true.
    public interface Condition {
        boolean holds() throws Exception;
    }

    public void delete(String name) {
        get(admin.deleteTopics(List.of(name)).all());
    }

    /// Records in the topic: end offsets minus start offsets.
    public long count(String name, int partitions) {
        return sum(name, partitions, OffsetSpec.latest()) - sum(name, partitions, OffsetSpec.earliest());
    }

    private long sum(String name, int partitions, OffsetSpec which) {
        ToLongFunction<ListOffsetsResultInfo> offset = ListOffsetsResultInfo::offset;
        return offsets(name, partitions, which).stream().mapToLong(offset).sum();
    }

    private Collection<ListOffsetsResultInfo> offsets(String name, int partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int i = 0; i < partitions; i++) asked.put(new TopicPartition(name, i), which);
        return get(admin.listOffsets(asked).all()).values();
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
