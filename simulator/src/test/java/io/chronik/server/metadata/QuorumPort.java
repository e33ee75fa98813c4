package io.chronik.server.metadata;

import io.chronik.metadata.Command;
import java.util.List;

/// What the metadata quorum does to a node's image, for one that is simulated.
public final class QuorumPort {
    private QuorumPort() {}

    public static void apply(AppliedImage image, long lastIndex, List<Command> commands) {
        image.apply(lastIndex, commands);
    }

    public static void load(AppliedImage image, long lastIndex, List<Command> snapshot) {
        image.load(lastIndex, snapshot);
    }
}
