package io.chronik.metadata;

import java.util.function.ToIntFunction;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// Which commands a release knows: a *level* goes up by one when a release adds a command, or a version of one. The
/// cluster is at one level, the feature [#FEATURE], until an operator raises it (UpdateFeatures): then every node has
/// to know what the new level brings, and nothing of it is written before. So nodes can be replaced one after the
/// other by those of a newer release, and back, as long as the level is not raised.
///
/// `levelOf` tells from which level on a command is known, as it is written.
public record MetadataLevels(Known known, ToIntFunction<Command> levelOf) {
    public static final String FEATURE = "chronik.metadata.version";

    /// In force in a cluster that never raised it.
    public static final short FIRST = 1;

    public static final MetadataLevels OF_THIS_RELEASE = new MetadataLevels(Known.FIRST_ONLY, CommandFormat::level);

    /// The levels that a node can be at.
    public record Known(short oldest, short newest) {
        public static final Known FIRST_ONLY = new Known(FIRST, FIRST);

        public boolean contains(short level) {
            return level >= oldest && level <= newest;
        }

        @Override
        public String toString() {
            return oldest == newest ? "level " + oldest : "levels " + oldest + " to " + newest;
        }
    }

    public static short inForce(ClusterImage image) {
        return image.features().getOrDefault(FEATURE, FIRST);
    }

    /// @throws UnsupportedVersionException when some node of the cluster may not know `command`
    public void check(Command command, ClusterImage image) {
        short inForce = inForce(image);
        int needed = levelOf.applyAsInt(command);
        if (needed <= inForce) return;
        throw new UnsupportedVersionException(command.getClass().getSimpleName() + " needs level " + needed + " of "
                + FEATURE + "; the cluster is at level " + inForce + ".");
    }
}
