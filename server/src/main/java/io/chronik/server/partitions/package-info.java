/// The partition replicas of this node: opened, told their roles, closed and deleted as the metadata says.
/// Start reading at [PartitionRegistry][io.chronik.server.partitions.PartitionRegistry].
@NullMarked
package io.chronik.server.partitions;

import org.jspecify.annotations.NullMarked;
