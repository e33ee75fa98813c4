package io.chronik.server.partitions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chronik.log.DiskSyncer;
import io.chronik.log.FileDisk;
import io.chronik.log.FileLogStore;
import io.chronik.log.LogSettings;
import io.chronik.log.LogStoreOptions;
import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.metadata.ImageDelta;
import io.chronik.metadata.PartitionImage;
import io.chronik.replication.Acks;
import io.chronik.replication.AppendOutcome;
import io.chronik.replication.Partition;
import io.chronik.replication.PartitionPeers;
import io.chronik.server.lane.Strands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real logs in a real directory, under a registry that is told images.
class LostReplicasTest {
    private static final int SELF = 1;
    private static final Uuid TOPIC = Uuid.randomUuid();
    private static final TopicIdPartition FIRST = new TopicIdPartition(TOPIC, 0, "orders");
    private static final TopicIdPartition SECOND = new TopicIdPartition(TOPIC, 1, "orders");

    @TempDir
    Path dataDir;

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Collection<TopicIdPartition>> reports = new ConcurrentLinkedQueue<>();
    private ClusterImage image = ClusterImage.EMPTY;
    private int epoch;

    @SuppressWarnings("NullAway.Init")
    private Life life;

    private final class Life implements DiskSyncer.Listener, AutoCloseable {
        final Strands strands = new Strands((lane, failure) -> failures.add(failure));
        final FileLogStore store;
        final PartitionRegistry registry;

        Life() {
            store = FileLogStore.open(new FileDisk(), dataDir(), LogStoreOptions.defaults(), this);
            registry = new PartitionRegistry(
                    SELF,
                    store,
                    strands::lane,
                    strands.workers(),
                    System::currentTimeMillis,
                    new TopicSettingsSource() {
                        @Override
                        public LogSettings logSettings(ClusterImage image, String topic) {
                            return LogSettings.defaults();
                        }

                        @Override
                        public int minInSyncReplicas(ClusterImage image, String topic) {
                            return 1;
                        }
                    },
                    PartitionPeers.NONE,
                    10_000);
        }

        @Override
        public void onSyncFailed(Throwable cause) {
            failures.add(cause);
        }

        @Override
        public void onRound(int clients, long bytes, long durationNs) {}

        @Override
        public void close() {
            registry.close();
            store.close();
            strands.close();
        }
    }

    private Path dataDir() {
        return dataDir;
    }

    @BeforeEach
    void start() {
        life = new Life();
    }

    @AfterEach
    void stop() {
        life.close();
        assertThat(failures).isEmpty();
    }

    /// The metadata has both partitions on `replicas`.
    private void assign(List<Integer> replicas, List<Integer> isr, int leader) {
        epoch++;
        PartitionImage state = new PartitionImage(replicas, isr, leader, epoch, epoch);
        publish(ClusterImage.EMPTY.apply(
                new Command.CreateTopic("orders", TOPIC, List.of(state, state), new TreeMap<>())));
    }

    private void publish(ClusterImage next) {
        life.registry.onImage(ImageDelta.whole(image, next));
        image = next;
        life.registry.settled().join();
    }

    private void leaveIsr(int leader, List<Integer> isr) {
        epoch++;
        publish(image.apply(new Command.SetPartitionLeader(List.of(new Command.SetPartitionLeader.TopicElections(
                TOPIC, List.of(new Command.Election(0, leader, isr, epoch, epoch, false)))))));
    }

    /// The node stops, and starts with the image of before.
    private void restart(boolean clean) {
        life.registry.writeHighWatermarks();
        life.close();
        try {
            if (!clean) Files.deleteIfExists(dataDir.resolve("closed-logs"));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        ClusterImage before = image;
        image = ClusterImage.EMPTY;
        start();
        publish(before);
    }

    private CompletableFuture<Void> report() {
        return life.registry.reportLost(replicas -> {
            reports.add(List.copyOf(replicas));
            return CompletableFuture.completedFuture(null);
        });
    }

    private void append(TopicIdPartition id, int records) throws Exception {
        Partition partition = life.registry.find(id).orElseThrow();
        for (int i = 0; i < records; i++) {
            CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
            MemoryRecords batch =
                    MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1_000, ("r" + i).getBytes(UTF_8)));
            partition.lane().execute(() -> partition.append(batch, Acks.ALL, 10_000, outcome::complete));
            assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(AppendOutcome.Committed.class);
        }
    }

    private Path directory(TopicIdPartition id) {
        return dataDir.resolve("partitions").resolve(id.topicId() + "-" + id.partition());
    }

    private void deleteFiles(TopicIdPartition id, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory(id))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(suffix)).toList()) Files.delete(file);
        }
    }

    private void deleteDirectory(TopicIdPartition id) throws IOException {
        deleteFiles(id, "");
        Files.delete(directory(id));
    }

    private long end(TopicIdPartition id) {
        return life.registry
                .find(id)
                .map(partition -> partition.view().log().endOffset())
                .orElse(-1L);
    }

    /// Both have ten records, and this node is the leader.
    private void tenRecords(List<Integer> replicas) throws Exception {
        assign(replicas, List.of(SELF), SELF);
        append(FIRST, 10);
        append(SECOND, 10);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReplicaWithoutItsDirectoryIsNotOpenedAsLongAsItCounts(boolean clean) throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        assign(List.of(SELF, 2), List.of(SELF, 2), SELF);
        deleteDirectory(FIRST);

        // When
        restart(clean);
        long whileNobodyKnows = end(FIRST);
        CompletableFuture<Void> noneCounts = report();
        await().until(() -> !reports.isEmpty());
        life.registry.settled().join();
        long whileItCounts = end(FIRST);
        boolean early = noneCounts.isDone();
        leaveIsr(2, List.of(2));

        // Then
        assertThat(whileNobodyKnows).isEqualTo(-1);
        assertThat(whileItCounts).isEqualTo(-1);
        assertThat(early).isFalse();
        assertThat(reports).allSatisfy(replicas -> assertThat(replicas).containsExactly(FIRST));
        noneCounts.get(20, TimeUnit.SECONDS);
        assertThat(end(FIRST)).isZero();
        assertThat(end(SECOND)).isEqualTo(10);
    }

    @Test
    void aLostReplicaStaysAsItIsWhileItCountsWhateverElseChanges() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        assign(List.of(SELF, 2), List.of(SELF, 2), SELF);
        deleteFiles(FIRST, ".log");
        restart(true);
        CompletableFuture<Void> noneCounts = report();
        await().until(() -> !reports.isEmpty());

        // When
        leaveIsr(2, List.of(2, SELF));

        // Then
        assertThat(end(FIRST)).isEqualTo(-1);
        assertThat(directory(FIRST)).exists();
        assertThat(noneCounts).isNotDone();
    }

    @Test
    void aLostReplicaThatDoesNotCountBeginsAnewAtOnce() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        assign(List.of(SELF, 2), List.of(2), 2);
        deleteDirectory(FIRST);

        // When
        restart(true);
        report().get(20, TimeUnit.SECONDS);
        life.registry.settled().join();

        // Then
        assertThat(reports).isEmpty();
        assertThat(end(FIRST)).isZero();
        assertThat(life.registry.find(FIRST).orElseThrow().view().log().damaged())
                .isFalse();
        assertThat(end(SECOND)).isEqualTo(10);
    }

    @Test
    void aDamagedReplicaIsSetAside() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        assign(List.of(SELF, 2), List.of(2), 2);
        deleteFiles(FIRST, ".log");

        // When
        restart(true);
        report().get(20, TimeUnit.SECONDS);
        life.registry.settled().join();

        // Then
        assertThat(end(FIRST)).isZero();
        try (Stream<Path> aside = Files.list(dataDir.resolve("quarantine"))) {
            assertThat(aside.map(path -> path.getFileName().toString()))
                    .singleElement()
                    .satisfies(name -> assertThat(name).endsWith(TOPIC + "-0"));
        }
    }

    @Test
    void theOnlyReplicaOpensWithWhatItHas() throws Exception {
        // Given
        tenRecords(List.of(SELF));
        deleteDirectory(FIRST);

        // When
        restart(false);
        report().get(20, TimeUnit.SECONDS);

        // Then
        assertThat(end(FIRST)).isZero();
        append(FIRST, 1);
        restart(true);
        assertThat(end(FIRST)).isEqualTo(1);
    }

    @Test
    void aReplicaWhoseDirectoryGoesWhileTheNodeRunsIsGivenUp() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        assign(List.of(SELF, 2), List.of(SELF, 2), SELF);
        report().get(20, TimeUnit.SECONDS);
        deleteDirectory(FIRST);

        // When
        life.registry.giveUpLost();
        await().until(() -> !reports.isEmpty());
        Optional<Partition> whileItCounts = life.registry.find(FIRST);
        leaveIsr(2, List.of(2));

        // Then
        assertThat(whileItCounts).isEmpty();
        await().until(() -> end(FIRST) == 0);
        assertThat(end(SECOND)).isEqualTo(10);
    }

    @Test
    void theLastInSyncGoesOnWithTheFilesItHasOpen() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        report().get(20, TimeUnit.SECONDS);
        deleteDirectory(FIRST);

        // When
        life.registry.giveUpLost();
        life.registry.settled().join();

        // Then
        assertThat(reports).isEmpty();
        assertThat(end(FIRST)).isEqualTo(10);
    }

    /// The disk refuses to open the partition's only segment until [#readable].
    private void unreadable(TopicIdPartition id) throws IOException {
        Files.move(segment(id), directory(id).resolve("kept"));
        Files.createDirectory(segment(id));
    }

    private void readable(TopicIdPartition id) throws IOException {
        Files.delete(segment(id));
        Files.move(directory(id).resolve("kept"), segment(id));
    }

    private Path segment(TopicIdPartition id) {
        return directory(id).resolve("00000000000000000000.log");
    }

    @Test
    void aReplicaThatCanNotBeReadLeavesTheInSyncSetAndComesBackWithWhatItHas() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        assign(List.of(SELF, 2), List.of(SELF, 2), SELF);
        unreadable(FIRST);

        // When
        restart(true);
        CompletableFuture<Void> noneCounts = report();
        await().until(() -> !reports.isEmpty());
        life.registry.giveUpLost();
        life.registry.settled().join();
        boolean early = noneCounts.isDone();
        leaveIsr(2, List.of(2));
        noneCounts.get(20, TimeUnit.SECONDS);
        life.registry.giveUpLost();
        life.registry.settled().join();
        long whileUnreadable = end(FIRST);
        int offline = life.registry.offlineCount();
        readable(FIRST);
        life.registry.giveUpLost();
        life.registry.settled().join();

        // Then
        assertThat(reports).allSatisfy(replicas -> assertThat(replicas).containsExactly(FIRST));
        assertThat(early).isFalse();
        assertThat(whileUnreadable).isEqualTo(-1);
        assertThat(offline).isEqualTo(1);
        assertThat(end(FIRST)).isEqualTo(10);
        assertThat(life.registry.offlineCount()).isZero();
        assertThat(dataDir.resolve("quarantine")).isEmptyDirectory();
    }

    @Test
    void aReplicaThatIsAssignedLaterAndCanNotBeReadIsReported() throws Exception {
        // Given
        report().get(20, TimeUnit.SECONDS);
        Files.createDirectories(segment(FIRST));

        // When
        assign(List.of(SELF, 2), List.of(2, SELF), 2);

        // Then
        await().until(() -> !reports.isEmpty());
        assertThat(reports.element()).containsExactly(FIRST);
    }

    @Test
    void theLastInSyncThatCanNotBeReadWaitsForTheDiskAndNodesDoNotWaitForIt() throws Exception {
        // Given
        tenRecords(List.of(SELF, 2));
        unreadable(FIRST);

        // When
        restart(true);
        report().get(20, TimeUnit.SECONDS);
        life.registry.settled().join();
        int offline = life.registry.offlineCount();
        readable(FIRST);
        life.registry.giveUpLost();
        life.registry.settled().join();

        // Then
        assertThat(reports).isEmpty();
        assertThat(offline).isEqualTo(1);
        assertThat(end(FIRST)).isEqualTo(10);
        append(FIRST, 1);
    }
}
