package io.chronik.metadata.controller;

import io.chronik.metadata.Command;
import java.util.List;

/// `reply` is true once `commands` are committed; without commands it is true of the image it was decided on.
public record Decision<R>(List<Command> commands, R reply) {
    public Decision {
        commands = List.copyOf(commands);
    }

    static <R> Decision<R> none(R reply) {
        return new Decision<>(List.of(), reply);
    }
}
