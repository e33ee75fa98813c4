package io.chronik.it.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// At least 50 MB of the JDK's own files through every client, read back by each of the others, hashes compared; one
/// restart of the node between writing and reading. A client whose registry cannot be reached is skipped, except
/// with CI=true.
@Tag("files")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealFilesTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long MIN_BYTES = 50L << 20;

    private final Path directory = TempDirs.create("chronik-it-files");
    private final NodeProcess node =
            Nodes.quick(NodeProcess.in(directory.resolve("node"))).start();

    /// A client program and where its installation script is.
    private record Client(String name, String folder, List<String> program) {}

    private static final List<Client> CLIENTS_OF_OTHERS = List.of(
            new Client(
                    "kcat",
                    "kcat",
                    List.of(OtherClients.SCRIPTS.resolve("kcat/kcat.sh").toString())),
            new Client(
                    "kafkajs",
                    "js",
                    List.of(
                            "node",
                            OtherClients.SCRIPTS.resolve("js/kafkajs.js").toString())),
            new Client("confluent-kafka", "python", OtherClients.python("confluent.py")),
            new Client("kafka-python", "python", OtherClients.python("kafkapython.py")),
            new Client(
                    "franz-go",
                    "go",
                    List.of(OtherClients.CACHE.resolve("go/franz").toString())));

    @AfterAll
    void stop() {
        node.close();
        TempDirs.delete(directory);
    }

    private static String topic(String sender) {
        return "files-" + sender;
    }

    @TestFactory
    Stream<DynamicNode> filesCrossFromEveryClientToEveryOther() throws IOException {
        Command.run(
                        LIMIT,
                        Map.of("JAVA_HOME", System.getProperty("java.home")),
                        "",
                        List.of(OtherClients.SCRIPTS.resolve("input.sh").toString(), directory.toString()))
                .expectSuccess();
        String expected = Files.readString(directory.resolve("expected.txt"));
        List<String> names = new ArrayList<>(List.of("java"));
        CLIENTS_OF_OTHERS.forEach(client -> names.add(client.name()));
        Stream<DynamicTest> writes =
                names.stream().map(name -> DynamicTest.dynamicTest(name + " writes", () -> send(name)));
        Stream<DynamicTest> restart = Stream.of(DynamicTest.dynamicTest("the node restarts", () -> {
            node.terminate();
            node.start();
        }));
        Stream<DynamicNode> reads = names.stream()
                .map(reader -> DynamicContainer.dynamicContainer(
                        reader + " reads",
                        names.stream()
                                .filter(writer -> !writer.equals(reader) && isDue(reader, writer))
                                .map(writer -> DynamicTest.dynamicTest(
                                        "what " + writer + " wrote",
                                        () -> assertThat(receive(reader, writer))
                                                .isEqualTo(expected)))));
        assertThat(inputBytes()).isGreaterThan(MIN_BYTES);
        return Stream.of(
                DynamicContainer.dynamicContainer("writing", writes),
                DynamicContainer.dynamicContainer("between", restart),
                DynamicContainer.dynamicContainer("reading", reads));
    }

    private long inputBytes() throws IOException {
        try (var files = Files.list(directory.resolve("files"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /// The pure Python client takes half a minute for each: outside of the nightly run it reads one.
    private static boolean isDue(String reader, String writer) {
        return !reader.equals("kafka-python") || writer.equals("java") || Boolean.getBoolean("it.nightly");
    }

    private final List<String> written = new ArrayList<>();

    private void send(String name) {
        try (var admin = io.chronik.it.node.Clients.admin(node)) {
            io.chronik.it.node.Clients.get(
                    admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(topic(name), 3, (short) 1)))
                            .all());
        }
        Path index = directory.resolve("index.tsv");
        if (name.equals("java")) {
            try {
                JavaCourier.send(node, topic(name), index);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else {
            run(name, "send", topic(name), index.toString());
        }
        written.add(name);
    }

    private String receive(String reader, String writer) {
        if (!written.contains(writer)) {
            abort(writer + " has written nothing");
        }
        return reader.equals("java")
                ? JavaCourier.receive(node, topic(writer))
                : run(reader, "receive", topic(writer)).out();
    }

    private Command.Result run(String name, String what, String... arguments) {
        Client client = CLIENTS_OF_OTHERS.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow();
        OtherClients.install(client.folder());
        List<String> command = new ArrayList<>(client.program());
        command.addAll(List.of(what, node.bootstrap()));
        command.addAll(List.of(arguments));
        return Command.run(LIMIT, command).expectSuccess();
    }
}
