package io.chronik.cli.dev;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cluster.json`: the nodes of a development cluster with their addresses and pids, for scripts and for `dev stop`.
/// `founders` are the nodes that formed the cluster; later ones joined.
record DevFile(int founders, List<DevNode> nodes) {
    static final String NAME = "cluster.json";

    DevFile {
        nodes = List.copyOf(nodes);
    }

    /// Empty when there is no cluster in `directory`.
    static Optional<DevFile> read(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            return Files.exists(file) ? Optional.of(parse(Files.readString(file))) : Optional.empty();
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new Failure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static DevFile parse(String json) {
        JsonNode root = new JsonMapper().readTree(json);
        List<DevNode> nodes = new ArrayList<>();
        for (JsonNode node : root.required("nodes")) {
            nodes.add(new DevNode(
                    node.required("id").intValue(),
                    node.required("kafka").stringValue(),
                    node.required("internal").stringValue(),
                    node.required("http").stringValue(),
                    node.required("directory").stringValue(),
                    node.required("pid").longValue(),
                    node.required("startedMs").longValue()));
        }
        return new DevFile(root.required("founders").intValue(), nodes);
    }

    /// Replaces the file as a whole.
    void write(Path directory) {
        try {
            Path file = directory.resolve(NAME);
            Path fresh = directory.resolve(NAME + ".new");
            Files.writeString(fresh, Json.line(this) + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure("cannot write " + directory.resolve(NAME) + ": " + e.getMessage(), e);
        }
    }

    List<DevNode> running() {
        return nodes.stream().filter(node -> node.process().isPresent()).toList();
    }

    String bootstrap() {
        return String.join(",", nodes.stream().map(DevNode::kafka).toList());
    }
}
