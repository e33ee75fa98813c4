package io.chronik.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/// A topic: `partitions.get(i)` is partition i.
public record TopicImage(String name, Uuid id, List<PartitionImage> partitions) {
    public TopicImage {
        if (!(partitions instanceof PVector<PartitionImage>)) partitions = TreePVector.from(partitions);
    }

    /// Changes share the unchanged partitions with this image.
    PVector<PartitionImage> vector() {
        return (PVector<PartitionImage>) partitions;
    }

    TopicImage with(PVector<PartitionImage> changed) {
        return new TopicImage(name, id, changed);
    }
}
