package io.chronik.replication;

/// Told on the partition's lane after its published view changed in a way that a waiting reader may care about: the
/// high watermark moved, or the replica started or stopped leading. Must not block.
@FunctionalInterface
public interface HighWatermarkListener {
    void onChange(PartitionView view);
}
