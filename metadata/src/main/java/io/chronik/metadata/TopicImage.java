package io.chronik.metadata;

import java.util.List;
import org.apache.kafka.common.Uuid;

/// A topic: `partitions.get(i)` is partition i.
public record TopicImage(String name, Uuid id, List<PartitionImage> partitions) {}
