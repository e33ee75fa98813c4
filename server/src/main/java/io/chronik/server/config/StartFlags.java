package io.chronik.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The flags of `chronik start` that are settings; null where a flag was not given. `http` is host:port or `off`.
/// `cluster` names the first nodes as `id@host:port,...`, `join` any member of a cluster that exists; both by their
/// internal addresses.
public record StartFlags(
        @Nullable Path dataDir,
        @Nullable String listen,
        @Nullable String internal,
        @Nullable String http,
        @Nullable Integer portOffset,
        @Nullable Integer nodeId,
        @Nullable String cluster,
        @Nullable String join) {
    public static final StartFlags NONE = new StartFlags(null, null, null, null, null, null, null, null);
}
