package io.chronik.it.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronik.it.node.Command;
import io.chronik.it.node.NodeProcess;
import io.chronik.it.node.Nodes;
import io.chronik.it.node.TempDirs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// librdkafka takes OUT_OF_ORDER_SEQUENCE_NUMBER for its next batch for the end of an idempotent producer.
@Tag("files")
class RecreatedTopicTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path directory = TempDirs.create("chronik-it-recreated");
    private final NodeProcess node =
            Nodes.quick(NodeProcess.in(directory.resolve("node"))).start();

    @AfterEach
    void stop() {
        node.close();
        TempDirs.delete(directory);
    }

    @Test
    void anIdempotentProducerGoesOnInTheTopicThatReplacesItsOwn() {
        OtherClients.install("python");
        List<String> command = new ArrayList<>(OtherClients.python("recreated.py"));
        command.add(node.bootstrap());
        assertThat(Command.run(LIMIT, command).expectSuccess().out()).contains("ok");
    }
}
