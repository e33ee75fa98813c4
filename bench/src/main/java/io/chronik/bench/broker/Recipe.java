package io.chronik.bench.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How one kind of broker is prepared and started. `prepare` are commands that run to their end before the start (a
/// format step; its time is not part of the start's).
public interface Recipe {
    String name();

    List<List<String>> prepare(Path directory, Seat seat);

    List<String> start(Path directory, Seat seat);

    Map<String, String> environment();

    /// The same with more settings.
    Recipe with(Map<String, String> more);
}
