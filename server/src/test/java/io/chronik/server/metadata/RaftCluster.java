package io.chronik.server.metadata;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageDigest;
import io.chronik.metadata.NodeImage;
import io.chronik.server.config.HostPort;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/// Raft hosts of one cluster in one process, over a [RaftWire]. Node 1 is the founder.
final class RaftCluster implements AutoCloseable {
    static final String CLUSTER_ID = "AAAAAAAAQm6BFVmZ1AB-yw";
    private static final int FOUNDER = 1;
    private static final RaftSettings.Times TIMES = new RaftSettings.Times(0, 300, 100, 1_000, 200, 1_000, 20);
    private static final List<InetSocketAddress> BOOTSTRAP =
            List.of(socketAddress(1), socketAddress(2), socketAddress(3));

    final RaftWire wire = new RaftWire();
    private final Path root;
    private final RaftSettings.Sizes sizes;
    private final Map<Integer, Member> members = new TreeMap<>();
    /// Members that are dead to the world, and how far their threads are with their end.
    private final Map<Member, CompletableFuture<Void>> ended = new HashMap<>();

    RaftCluster(Path root, RaftSettings.Sizes sizes) {
        this.root = root;
        this.sizes = sizes;
    }

    /// `count` nodes, all of them voters.
    static RaftCluster of(Path root, int count) {
        return of(root, count, RaftSettings.Sizes.DEFAULT);
    }

    static RaftCluster of(Path root, int count, RaftSettings.Sizes sizes) {
        RaftCluster cluster = new RaftCluster(root, sizes);
        for (int id = 1; id <= count; id++) cluster.start(id, true);
        int[] all = IntStream.rangeClosed(1, count).toArray();
        for (int id : all) cluster.leader().register(id).join();
        cluster.awaitVoters(all);
        return cluster;
    }

    static HostPort address(int id) {
        return new HostPort("127.0.0.1", 9_000 + id);
    }

    Member start(int id, boolean joins) {
        return start(id, joins, BOOTSTRAP);
    }

    /// `bootstrap`: the members that the node is told of.
    Member start(int id, boolean joins, List<InetSocketAddress> bootstrap) {
        Member member = new Member(id, joins, bootstrap);
        members.put(id, member);
        return member;
    }

    Member member(int id) {
        Member member = members.get(id);
        if (member == null) throw new IllegalArgumentException("node " + id + " does not run");
        return member;
    }

    List<Member> members() {
        return List.copyOf(members.values());
    }

    /// The member that leads and knows it.
    Member leader() {
        AtomicReference<Member> found = new AtomicReference<>();
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    members().stream().filter(Member::leads).findFirst().ifPresent(found::set);
                    return found.get() != null;
                });
        return requireNonNull(found.get());
    }

    List<Member> followers() {
        Member leader = leader();
        return members().stream().filter(member -> member != leader).toList();
    }

    void awaitVoters(int... ids) {
        for (Member member : members()) {
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> IntStream.range(1, 10)
                            .allMatch(id -> member.host.voterAddress(id).isPresent()
                                    == IntStream.of(ids).anyMatch(wanted -> wanted == id)));
        }
    }

    /// Every member has everything that is committed, and the same.
    String awaitEqualDigests() {
        long index = leader().set("the.end", "1").join();
        for (Member member : members()) {
            assertThat(member.host.applied(index)).succeedsWithin(Duration.ofSeconds(20));
        }
        List<String> digests = members().stream()
                .map(member -> ImageDigest.of(member.image()))
                .distinct()
                .toList();
        assertThat(digests).hasSize(1);
        return digests.getFirst();
    }

    /// As kill -9 does: nothing is said to anybody, and the kernel resets the connections. The threads end
    /// in a world without others.
    void kill(int id) {
        Member killed = end(id);
        for (Member member : members()) member.channel.refuse(address(id));
        wire.kill(address(id));
        ended.put(killed, CompletableFuture.runAsync(killed::close));
    }

    /// As kill -STOP does: the node is silent.
    void silence(int id) {
        Member silent = end(id);
        wire.stop(address(id));
        ended.put(silent, CompletableFuture.runAsync(silent::close));
    }

    private Member end(int id) {
        Member member = member(id);
        members.remove(id);
        return member;
    }

    /// The node begins again with what it has on disk.
    Member restart(int id) {
        ended.forEach((old, closed) -> {
            if (old.id == id) closed.join();
        });
        return start(id, true);
    }

    /// In order, as a stop of the node.
    void stop(int id) {
        Member member = member(id);
        member.close();
        members.remove(id);
        for (Member other : members()) other.channel.refuse(address(id));
        wire.kill(address(id));
    }

    @Override
    public void close() {
        for (Member member : members()) kill(member.id);
        ended.values().forEach(CompletableFuture::join);
        wire.close();
    }

    final class Member implements AutoCloseable, RaftHost.Events {
        final int id;
        final RaftWire.Channel channel;
        final MetadataDirectory directory;
        final NodeIdentity identity;
        final RaftHost host;
        private final TestLane lane = new TestLane();
        private final AppliedImage image = new AppliedImage(Runnable::run);
        private final AtomicReference<Throwable> fatal = new AtomicReference<>();
        private volatile MetadataLog.Leader told = new MetadataLog.Leader(MetadataLog.Leader.NONE, 0);

        private Member(int id, boolean joins, List<InetSocketAddress> bootstrap) {
            this.id = id;
            this.channel = wire.channel(address(id));
            this.directory = new MetadataDirectory(root.resolve("node-" + id));
            RaftSettings settings = settings(id).withSizes(sizes).withBootstrap(bootstrap, joins);
            this.identity = directory
                    .identity(id)
                    .orElseGet(() ->
                            id == FOUNDER ? directory.found(id, CLUSTER_ID, settings) : directory.join(id, CLUSTER_ID));
            this.host = new RaftHost(identity, directory, settings, channel, lane, image, fatal::set);
            host.start(this);
        }

        boolean leads() {
            return told.nodeId() == id;
        }

        int epoch() {
            return told.epoch();
        }

        ClusterImage image() {
            return image.current();
        }

        @Override
        public void onLeader(int leaderId, int epoch) {
            told = new MetadataLog.Leader(leaderId, epoch);
        }

        CompletableFuture<Long> set(String key, String value) {
            ConfigResource everyNode = new ConfigResource(ConfigResource.Type.BROKER, "");
            return propose(new Command.SetConfig(everyNode, new TreeMap<>(Map.of(key, value)), List.of()));
        }

        CompletableFuture<Long> register(int node) {
            long epoch = host.appliedIndex() + 1;
            return propose(new Command.AddNode(new NodeImage(node, epoch, Uuid.randomUuid(), List.of(), null, false)));
        }

        CompletableFuture<Long> propose(Command command) {
            return host.propose(told.epoch(), List.of(command));
        }

        @Override
        public void close() {
            host.close();
            lane.close();
            assertThat(fatal.get()).isNull();
        }
    }

    static RaftSettings settings(int id) {
        return RaftSettings.defaults(RaftWire.LISTENER, socketAddress(id))
                .withTimes(TIMES)
                .withBootstrap(BOOTSTRAP, false);
    }

    private static InetSocketAddress socketAddress(int id) {
        HostPort address = address(id);
        return InetSocketAddress.createUnresolved(address.host(), address.port());
    }
}
