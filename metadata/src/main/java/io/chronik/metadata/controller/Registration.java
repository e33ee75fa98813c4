package io.chronik.metadata.controller;

import io.chronik.metadata.MetadataLevels;
import io.chronik.metadata.NodeImage;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// What a starting process tells of itself: which node it is, on which disk, and where it is reached.
///
/// `incarnationId` is new for each process. `previousIndex` is the index up to which the disk had the metadata
/// before the process heard from anybody, or [#UNKNOWN]. `levels`: which commands its release knows.
public record Registration(
        int nodeId,
        Uuid directoryId,
        Uuid incarnationId,
        List<NodeImage.Endpoint> endpoints,
        @Nullable String rack,
        long previousIndex,
        MetadataLevels.Known levels) {
    public static final long UNKNOWN = -1;

    /// Of this release.
    public Registration(
            int nodeId,
            Uuid directoryId,
            Uuid incarnationId,
            List<NodeImage.Endpoint> endpoints,
            @Nullable String rack,
            long previousIndex) {
        this(
                nodeId,
                directoryId,
                incarnationId,
                endpoints,
                rack,
                previousIndex,
                MetadataLevels.OF_THIS_RELEASE.known());
    }

    public Registration {
        endpoints = List.copyOf(endpoints);
    }
}
