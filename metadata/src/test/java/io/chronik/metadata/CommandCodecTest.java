package io.chronik.metadata;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandCodecTest {
    /// The format on disk. Run with `-Dgolden.rewrite=true` to write it anew, and read the difference in review.
    private static Path resource(String name) {
        Path file = Path.of("src/test/resources/io/chronik/metadata", name);
        return Files.isDirectory(Path.of("src/test"))
                ? file
                : Path.of("metadata").resolve(file);
    }

    static List<Command> commands() {
        return SampleCommands.all();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandComesBackAsItWas(Command command) {
        // When
        Command back = CommandCodec.decode(CommandCodec.encode(command));

        // Then
        assertThat(back).isEqualTo(command);
    }

    @Test
    void everyKindOfCommandHasASample() {
        // Given
        List<Class<?>> kinds = Arrays.asList(Command.class.getPermittedSubclasses());

        // When
        List<Class<?>> sampled =
                commands().stream().<Class<?>>map(Object::getClass).distinct().toList();

        // Then
        assertThat(sampled)
                .containsAll(kinds.stream()
                        .filter(Class::isRecord)
                        .filter(Command.class::isAssignableFrom)
                        .toList());
    }

    @Test
    void theFormatOnDiskIsTheOneInReview() throws Exception {
        // Given
        Path golden = resource("commands.jsonl");

        // When
        String text = commands().stream().map(CommandCodec::text).collect(joining("\n", "", "\n"));

        // Then
        if (Boolean.getBoolean("golden.rewrite")) Files.writeString(golden, text);
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    /// Lines as the first release wrote them, never to be rewritten.
    @Test
    void whatTheFirstReleaseWroteIsRead() throws Exception {
        // Given
        List<String> lines = Files.readAllLines(resource("commands-issue-3.jsonl"));

        // When
        List<Command> read = lines.stream()
                .map(line -> CommandCodec.decode(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
        ClusterImage image = ClusterImage.EMPTY;
        for (Command command : read) image = image.apply(command);

        // Then
        NodeImage first = image.node(1).orElseThrow();
        assertThat(first.state()).isEqualTo(NodeImage.State.ACTIVE);
        assertThat(first.incarnationId()).isEqualTo(Uuid.ZERO_UUID);
        assertThat(first.rack()).isEqualTo("rack-a");
        assertThat(((Command.AddNode) read.get(2)).node().state()).isEqualTo(NodeImage.State.FENCED);
        assertThat(image.topic("orders").orElseThrow().partitions().getFirst())
                .isEqualTo(new PartitionImage(List.of(1, 2, 3), List.of(3), 3, 1, 2));
        assertThat(image.appliedIndex()).isEqualTo(lines.size() - 1);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandCutAnywhereIsMalformed(Command command) {
        // Given
        byte[] bytes = CommandCodec.encode(command);

        for (int length = 0; length < bytes.length; length++) {
            // When
            byte[] cut = Arrays.copyOf(bytes, length);

            // Then
            assertThatThrownBy(() -> CommandCodec.decode(cut)).isInstanceOf(MalformedCommand.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"Surprise\",\"version\":1}",
                "{\"type\":\"Noop\",\"version\":2}",
                "{\"type\":\"Noop\",\"version\":1,\"more\":true}",
                "{\"type\":\"AddNode\",\"version\":3}",
                "{\"type\":\"AddPartitions\",\"version\":1,\"topicId\":\"AAAAAAAAAAEAAAAAAAAAAg\",\"firstPartition\":0,\"partitions\":[{\"replicas\":[1],\"adding\":[1]}]}",
                "{\"type\":\"SetFeature\",\"version\":1,\"name\":\"f\",\"level\":40000}",
                "{\"type\":\"Noop\",\"version\":1}{\"type\":\"Noop\",\"version\":1}",
                "{\"type\":\"Noop\",\"type\":\"Noop\",\"version\":1}",
                "{\"type\":\"Noop\"}",
                "{\"version\":1}",
                "{\"type\":\"DeleteTopic\",\"version\":1,\"topicId\":5}",
                "{\"type\":\"DeleteTopic\",\"version\":1,\"topicId\":\"not an id at all\"}",
                "{\"type\":\"DeleteTopic\",\"version\":1,\"topicId\":null}",
                "{\"type\":\"RemoveNode\",\"version\":1,\"nodeId\":4294967297,\"nodeEpoch\":1}",
                "{\"type\":\"RemoveNode\",\"version\":1,\"nodeId\":1.5,\"nodeEpoch\":1}",
                "{\"type\":\"SetConfig\",\"version\":1,\"resourceType\":\"MOON\",\"resourceName\":\"\",\"set\":{},\"removed\":[]}",
                "[]",
                "\u0000\u0001\u0002"
            })
    void whatThisVersionDoesNotKnowFailsLoudly(String text) {
        // When
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        // Then
        assertThatThrownBy(() -> CommandCodec.decode(bytes)).isInstanceOf(MalformedCommand.class);
    }
}
