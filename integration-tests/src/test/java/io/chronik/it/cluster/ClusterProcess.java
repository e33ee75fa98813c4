package io.chronik.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Clients;
import io.chronik.it.node.Node;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import io.chronik.it.wire.RawKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A cluster of real nodes, each a process with a directory and an address of its own. Ids begin at 1; the first ones
/// form the cluster together, later ones join.
///
/// Not thread-safe, except for the observing methods.
public final class ClusterProcess implements Node, AutoCloseable {
    public static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Path directory;
    private final ClusterNetwork network;
    private final int founders;
    private final Map<Integer, NodeProcess> nodes = new TreeMap<>();
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private final Consumer<NodeProcess> setUp;
    private @Nullable Admin admin;

    private ClusterProcess(int founders, Path directory, ClusterNetwork network, Consumer<NodeProcess> setUp) {
        this.founders = founders;
        this.directory = directory;
        this.network = network;
        this.setUp = setUp;
        for (int id = 1; id <= founders; id++) {
            nodes.put(id, make(id));
        }
        nodes.forEach((id, node) -> node.arguments("--node-id", Integer.toString(id), "--cluster", founderList()));
    }

    /// `count` nodes on loopback that will live under `directory`; nothing is started yet.
    public static ClusterProcess of(int count, Path directory) {
        return of(count, directory, new LoopbackNetwork(), node -> {});
    }

    /// `setUp` is done to each node, those that join later too. The network is closed with the cluster.
    public static ClusterProcess of(int count, Path directory, ClusterNetwork network, Consumer<NodeProcess> setUp) {
        return new ClusterProcess(count, directory, network, setUp);
    }

    /// A cluster that is only node 1 at first, which is `first`, started without a word of a cluster.
    public static ClusterProcess growing(Path directory, NodeProcess first) {
        ClusterProcess cluster = new ClusterProcess(0, directory, new LoopbackNetwork(), node -> {});
        cluster.nodes.put(1, first);
        return cluster;
    }

    private NodeProcess make(int id) {
        NodeProcess node = Nodes.quick(NodeProcess.in(directory.resolve("node-" + id)))
                .host(network.host(id))
                .inside(network.inNamespace(id));
        if (!network.inNamespace(id).isEmpty()) {
            node.set("chronik.insecure.listener.allow", "true");
        }
        setUp.accept(node);
        return node;
    }

    private String founderList() {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getKey() <= founders)
                .map(entry -> entry.getKey() + "@" + entry.getValue().internalAddress())
                .collect(Collectors.joining(","));
    }

    /// Starts all nodes that do not run, at the same time, and returns when all serve.
    public ClusterProcess start() {
        return start(nodes.keySet());
    }

    public ClusterProcess start(Collection<Integer> ids) {
        Map<Integer, CompletableFuture<Boolean>> ready = new TreeMap<>();
        for (int id : ids) {
            if (!node(id).isAlive()) {
                ready.put(id, node(id).launch());
            }
        }
        ready.forEach(this::awaitReady);
        return this;
    }

    private void awaitReady(int id, CompletableFuture<Boolean> ready) {
        try {
            boolean serves = ready.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(serves)
                    .as("node %d serves; its log ends with:\n%s", id, node(id).tail())
                    .isTrue();
        } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError("node " + id + " does not serve:\n" + node(id).tail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A node more, that asks node `contact` for the way in; not started yet.
    public NodeProcess join(int id, int contact) {
        NodeProcess node = make(id);
        node.arguments(
                "--node-id", Integer.toString(id), "--join", node(contact).internalAddress());
        nodes.put(id, node);
        return node;
    }

    public NodeProcess node(int id) {
        NodeProcess node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + id);
        }
        return node;
    }

    public List<Integer> ids() {
        return List.copyOf(nodes.keySet());
    }

    /// The ids but for `excluded`.
    public List<Integer> others(int excluded) {
        return ids().stream().filter(id -> id != excluded).toList();
    }

    public ClusterNetwork network() {
        return network;
    }

    /// An admin client that knows all nodes, closed with the cluster.
    public Admin admin() {
        Admin known = admin;
        if (known == null) {
            // A node that stands still must not hold up a test: it is asked of another one.
            known = Clients.admin(this, "request.timeout.ms", 5_000, "default.api.timeout.ms", 30_000);
            admin = known;
        }
        return known;
    }

    /// A connection to this very node.
    public RawKafka raw(int id) {
        return new RawKafka(node(id).host(), node(id).port());
    }

    @Override
    public String bootstrap() {
        return nodes.values().stream().map(NodeProcess::bootstrap).collect(Collectors.joining(","));
    }

    @Override
    public int port() {
        return node(1).port();
    }

    @Override
    public boolean isChronik() {
        return true;
    }

    /// A topic with a unique name, once all of its partitions are led and fully in sync.
    public String createTopic(String prefix, int partitions, int replicas, Map<String, String> configs) {
        String name = RawKafka.uniqueName(prefix);
        topicIds.put(
                name,
                Clients.get(
                        admin().createTopics(List.of(new NewTopic(name, partitions, (short) replicas).configs(configs)))
                                .topicId(name)));
        awaitInSync(name);
        return name;
    }

    /// Where `node` keeps its copy of a partition of a topic that was created here; the node may be down.
    public Path partitionDirectory(int node, String topic, int partition) {
        return node(node).dataDir().resolve("partitions").resolve(topicIds.get(topic) + "-" + partition);
    }

    public String createTopic(String prefix, int partitions, int replicas) {
        return createTopic(prefix, partitions, replicas, Map.of());
    }

    /// All partitions of `topic` are led and have all of their replicas in sync.
    public void awaitInSync(String topic) {
        await("all replicas of " + topic + " in sync")
                .untilAsserted(
                        () -> assertThat(troubles(List.of(describe(topic)))).isEmpty());
    }

    /// The node that is asked may not have heard of a new topic yet.
    public TopicDescription describe(String topic) {
        return await("description of " + topic)
                .ignoreException(UnknownTopicOrPartitionException.class)
                .until(
                        () -> Clients.get(admin().describeTopics(List.of(topic)).allTopicNames())
                                .get(topic),
                        Objects::nonNull);
    }

    public TopicPartitionInfo partition(String topic, int partition) {
        return describe(topic).partitions().get(partition);
    }

    /// The id of the node that leads a partition, waiting until one does.
    public int leaderOf(String topic, int partition) {
        return await("leader of " + topic + "-" + partition).until(() -> leaderNow(topic, partition), id -> id >= 0);
    }

    private int leaderNow(String topic, int partition) {
        org.apache.kafka.common.Node leader = partition(topic, partition).leader();
        return leader == null || leader.isEmpty() ? -1 : leader.id();
    }

    public List<Integer> inSync(String topic, int partition) {
        return partition(topic, partition).isr().stream()
                .map(org.apache.kafka.common.Node::id)
                .sorted()
                .toList();
    }

    public QuorumInfo quorum() {
        return Clients.get(admin().describeMetadataQuorum().quorumInfo());
    }

    /// The id of the node that leads the metadata quorum.
    public int raftLeader() {
        return await("leader of the quorum").until(() -> quorum().leaderId(), id -> id >= 0);
    }

    public List<Integer> voters() {
        return quorum().voters().stream()
                .map(QuorumInfo.ReplicaState::replicaId)
                .sorted()
                .toList();
    }

    /// All nodes that run are registered and not fenced, as many as given are voters, no partition lacks anything,
    /// and each node has its sentinel: without one, Kafka's admin client may wait for a stopped node to the end.
    public void awaitHealthy(int voters) {
        await("healthy cluster").untilAsserted(() -> {
            assertThat(active()).isEqualTo(alive());
            assertThat(voters()).hasSize(voters);
            assertThat(troubles()).isEmpty();
            assertThat(alive()).allMatch(this::isWatched, "has a sentinel");
        });
    }

    /// Or nobody may: some containers forbid it, and the node says so.
    private boolean isWatched(int id) {
        boolean watched = MetadataDigests.page(this, id, "/metrics")
                .body()
                .lines()
                .anyMatch(line -> line.startsWith("chronik_sentinel_watching 1"));
        return watched || node(id).logLines().stream().anyMatch(line -> line.contains("the sentinel may not end"));
    }

    public List<Integer> active() {
        DescribeClusterOptions all = new DescribeClusterOptions().includeFencedBrokers(true);
        return Clients.get(admin().describeCluster(all).nodes()).stream()
                .filter(node -> !node.isFenced())
                .map(org.apache.kafka.common.Node::id)
                .sorted()
                .toList();
    }

    private List<Integer> alive() {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().isAlive())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Partitions of all topics that nobody leads or that lack a replica in sync.
    public List<String> troubles() {
        var names = Clients.get(
                admin().listTopics(new ListTopicsOptions().listInternal(true)).names());
        return troubles(
                Clients.get(admin().describeTopics(names).allTopicNames()).values());
    }

    private static List<String> troubles(Collection<TopicDescription> topics) {
        List<String> troubles = new ArrayList<>();
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                boolean led = partition.leader() != null && !partition.leader().isEmpty();
                if (!led || partition.isr().size() < partition.replicas().size()) {
                    troubles.add(topic.name() + " " + partition);
                }
            }
        }
        return troubles;
    }

    /// Asks again every 20 ms for 30 s, whatever the cluster answers meanwhile.
    public static org.awaitility.core.ConditionFactory await(String what) {
        return Awaitility.await(what)
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsInstanceOf(KafkaException.class)
                .ignoreExceptionsInstanceOf(java.io.UncheckedIOException.class);
    }

    /// The last lines of every node, for a failure message.
    public String tails() {
        return nodes.entrySet().stream()
                .map(entry ->
                        "---- node " + entry.getKey() + "\n" + entry.getValue().tail())
                .collect(Collectors.joining("\n"));
    }

    /// Ends all nodes the hard way; the data stays.
    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
        nodes.values().forEach(NodeProcess::close);
        network.close();
    }

    /// The directory that all nodes are under.
    public Path directory() {
        return directory;
    }

    /// Deletes what the nodes have left.
    public void delete() {
        TempDirs.delete(directory);
    }
}
