package io.chronik.server.metadata;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import io.chronik.server.metadata.MetadataService.ImageListener;
import java.util.ArrayList;
import java.util.List;

/// The image of what is committed, and those who want to know when it changes. Changed by the Raft thread alone;
/// [current][#current] may be read by any thread.
///
/// The monitor makes one order of changes and of new listeners: a listener is told the image it begins with on its own
/// thread, and every later one on the Raft thread.
public final class AppliedImage {
    private final List<ImageListener> listeners = new ArrayList<>();
    private volatile ClusterImage current = ClusterImage.EMPTY;

    public ClusterImage current() {
        return current;
    }

    synchronized void addListener(ImageListener listener) {
        listeners.add(listener);
        listener.onImage(ClusterImage.EMPTY, current);
    }

    /// The entries up to `lastIndex` are committed; `commands` are those among them that are ours.
    void apply(long lastIndex, List<Command> commands) {
        ClusterImage changed = current;
        for (Command command : commands) changed = changed.apply(command);
        publish(changed.at(lastIndex));
    }

    /// The state up to `lastIndex` comes as a whole, in place of what was here.
    void load(long lastIndex, Iterable<Command> snapshot) {
        ClusterImage loaded = ClusterImage.EMPTY;
        for (Command command : snapshot) loaded = loaded.apply(command);
        publish(loaded.at(lastIndex));
    }

    private synchronized void publish(ClusterImage next) {
        ClusterImage before = current;
        current = next;
        for (ImageListener listener : listeners) listener.onImage(before, next);
    }
}
