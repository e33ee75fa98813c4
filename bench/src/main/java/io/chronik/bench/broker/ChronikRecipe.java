package io.chronik.bench.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Chronik as a user starts it: `bin/chronik start` of a distribution, with its defaults.
public record ChronikRecipe(Path launcher) implements Recipe {
    @Override
    public String name() {
        return "chronik";
    }

    @Override
    public List<List<String>> prepare(Path directory, Seat seat) {
        return List.of();
    }

    @Override
    public List<String> start(Path directory, Seat seat) {
        List<String> command = new ArrayList<>(List.of(
                launcher.toString(),
                "start",
                "--data-dir",
                directory.resolve("data").toString(),
                "--listen",
                "127.0.0.1:" + seat.port(),
                "--internal",
                "127.0.0.1:" + seat.internalPort(),
                "--http",
                "off"));
        if (!seat.isAlone())
            command.addAll(List.of("--node-id", Integer.toString(seat.id()), "--cluster", seat.members()));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }
}
