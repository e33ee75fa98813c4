package io.chronik.bench.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Chronik as a user starts it: `bin/chronik start` of a distribution. `settings` are added to its defaults.
public record ChronikRecipe(Path launcher, Map<String, String> settings) implements Recipe {
    public ChronikRecipe {
        settings = Map.copyOf(settings);
    }

    public ChronikRecipe(Path launcher) {
        this(launcher, Map.of());
    }

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
                seat.address(),
                "--internal",
                seat.internalAddress(),
                "--http",
                "off"));
        if (!seat.isAlone())
            command.addAll(List.of("--node-id", Integer.toString(seat.id()), "--cluster", seat.members()));
        if (!seat.isOnLoopback()) command.addAll(List.of("--set", "chronik.insecure.listener.allow=true"));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public Recipe with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(more);
        return new ChronikRecipe(launcher, all);
    }
}
