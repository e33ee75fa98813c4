/// What is stored: one write-ahead log per partition, which *is* the partition's storage.
///
/// Start reading at [PartitionLog][io.chronik.log.PartitionLog] (what one partition's owner may do with its log),
/// then [DiskSyncer][io.chronik.log.DiskSyncer] (how appends become durable, shared by all partitions of a
/// directory). All file I/O goes through the [Disk][io.chronik.log.Disk] port, so that a simulated disk can take
/// its place. [SingleLog][io.chronik.log.SingleLog] is a log alone in its directory, for the metadata.
@NullMarked
package io.chronik.log;

import org.jspecify.annotations.NullMarked;
