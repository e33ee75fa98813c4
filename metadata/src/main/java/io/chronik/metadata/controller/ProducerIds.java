package io.chronik.metadata.controller;

import io.chronik.metadata.ClusterImage;
import io.chronik.metadata.Command;
import java.util.List;

/// Blocks of producer ids: each id is given out once in the life of the cluster.
public final class ProducerIds {
    public static final int BLOCK_SIZE = 1000;

    private ProducerIds() {}

    /// The reply is the first id of the block.
    public static Decision<Long> allocate(ClusterImage image, int nodeId, long nodeEpoch) {
        long firstId = image.nextProducerId();
        return new Decision<>(
                List.of(new Command.AllocateProducerIds(nodeId, nodeEpoch, Math.addExact(firstId, BLOCK_SIZE))),
                firstId);
    }
}
