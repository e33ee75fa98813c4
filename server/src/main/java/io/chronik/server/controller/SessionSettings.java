package io.chronik.server.controller;

import io.chronik.metadata.NodeImage;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What a node says of itself when it registers, and how often it says that it lives.
///
/// `endpoints` are all its listeners, the internal one too. `incarnation` is another for each start.
/// `recoveredIndex` is the end of the metadata log as found on disk, before anything was fetched: it tells the
/// controller whether the disk is an older one than the node once had.
public record SessionSettings(
        int nodeId,
        String clusterId,
        Uuid directoryId,
        Uuid incarnation,
        List<NodeImage.Endpoint> endpoints,
        @Nullable String rack,
        long recoveredIndex,
        long heartbeatMs,
        long sessionTimeoutMs) {
    public SessionSettings {
        endpoints = List.copyOf(endpoints);
    }
}
