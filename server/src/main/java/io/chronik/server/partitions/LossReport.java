package io.chronik.server.partitions;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;

/// Tells the controller that replicas of this node are lost. Any thread.
@FunctionalInterface
public interface LossReport {
    /// Completes when the controller has taken them out of the in-sync sets; fails when that is not known.
    CompletableFuture<Void> lost(Collection<TopicIdPartition> replicas);
}
