package io.chronik.metadata;

import static io.chronik.metadata.SampleCommands.ORDERS;
import static io.chronik.metadata.SampleCommands.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class ImageDeltaTest {
    /// Every stretch of the samples: what the delta does not name is the same object before and after.
    @Test
    void whatIsNotNamedHasNotChanged() {
        List<ClusterImage> images = new ArrayList<>(List.of(ClusterImage.EMPTY));
        for (Command command : SampleCommands.all()) images.add(images.getLast().apply(command));

        for (int from = 0; from < images.size(); from++) {
            for (int to = from; to < images.size(); to++) {
                // When
                ImageDelta delta = delta(images.get(from), SampleCommands.all().subList(from, to));

                // Then
                assertThat(delta.before()).isEqualTo(images.get(from));
                assertThat(delta.after()).isEqualTo(images.get(to));
                assertThat(delta.topics()).containsAll(changedTopics(delta));
                assertThat(delta.nodes())
                        .containsAll(
                                changed(delta.before().nodes(), delta.after().nodes()));
                assertThat(delta.configs())
                        .containsAll(
                                changed(delta.before().configs(), delta.after().configs()));
                delta.topics()
                        .forEach(topic ->
                                assertThat(delta.partitionsOf(topic)).containsAll(changedPartitions(delta, topic)));
            }
        }
    }

    @Test
    void aChangeOfOnePartitionNamesThatPartitionAlone() {
        // Given
        ClusterImage before = image(8);

        // When
        ImageDelta delta = delta(before, List.of(new Command.UpdateIsr(ORDERS, 1, List.of(2, 3), 0, 1)));

        // Then
        assertThat(delta.topics()).containsExactly(ORDERS);
        assertThat(delta.partitionsOf(ORDERS)).containsExactly(1);
        assertThat(delta.nodes()).isEmpty();
        assertThat(delta.configs()).isEmpty();
        assertThat(delta.everything()).isFalse();
    }

    @Test
    void aTopicThatIsDeletedAndOneThatIsCreatedAreNamedAsAWhole() {
        // Given
        ClusterImage before = image(8);
        Uuid more = new Uuid(3, 3);
        PartitionImage one = PartitionImage.fresh(List.of(1), List.of(1));

        // When
        ImageDelta delta = delta(
                before,
                List.of(
                        new Command.UpdateIsr(PAYMENTS, 0, List.of(1), 4, 6),
                        new Command.DeleteTopic(PAYMENTS),
                        new Command.CreateTopic("more", more, List.of(one, one), new TreeMap<>()),
                        new Command.UpdateIsr(more, 1, List.of(1), 0, 1)));

        // Then
        assertThat(delta.topics()).containsExactlyInAnyOrder(PAYMENTS, more);
        assertThat(delta.partitionsOf(more)).containsExactly(0, 1);
        assertThat(delta.partitionsOf(PAYMENTS)).isEmpty();
        assertThat(delta.configs()).contains(new ConfigResource(ConfigResource.Type.TOPIC, "payments"));
    }

    @Test
    void aStateThatComesAsAWholeNamesAllOfBoth() {
        // When
        ImageDelta delta = ImageDelta.whole(image(6), image(18));

        // Then
        assertThat(delta.everything()).isTrue();
        assertThat(delta.topics()).containsExactlyInAnyOrder(ORDERS, PAYMENTS);
        assertThat(delta.nodes()).containsExactly(1, 2, 3);
        assertThat(delta.partitionsOf(ORDERS)).containsExactly(0, 1, 2);
    }

    private static ClusterImage image(int commands) {
        ClusterImage image = ClusterImage.EMPTY;
        for (Command command : SampleCommands.all().subList(0, commands)) image = image.apply(command);
        return image;
    }

    private static ImageDelta delta(ClusterImage before, List<Command> commands) {
        ImageDelta.Builder builder = new ImageDelta.Builder(before);
        commands.forEach(builder::apply);
        return builder.at(before.appliedIndex() + commands.size());
    }

    private static Set<Uuid> changedTopics(ImageDelta delta) {
        return changed(delta.before().topicsById(), delta.after().topicsById());
    }

    private static Set<Integer> changedPartitions(ImageDelta delta, Uuid topic) {
        List<PartitionImage> before =
                delta.before().topic(topic).map(TopicImage::partitions).orElse(List.of());
        List<PartitionImage> after =
                delta.after().topic(topic).map(TopicImage::partitions).orElse(List.of());
        Set<Integer> changed = new TreeSet<>();
        for (int i = 0; i < after.size(); i++) {
            if (i >= before.size() || !before.get(i).equals(after.get(i))) changed.add(i);
        }
        return changed;
    }

    private static <K, V> Set<K> changed(Map<K, V> before, Map<K, V> after) {
        Set<K> keys = new HashSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        return keys;
    }
}
