/// What is decided about one partition: who leads, how far each replica has durably got, what may be acknowledged.
///
/// Start reading at [Partition][io.chronik.replication.Partition], the owner of a replica's log, leader or follower. It
/// does no I/O of its own: what it asks of other nodes goes through
/// [PartitionPeers][io.chronik.replication.PartitionPeers], it appends to a [PartitionLog][io.chronik.log.PartitionLog]
/// and asks a [DiskSyncer][io.chronik.log.DiskSyncer].
@NullMarked
package io.chronik.replication;

import org.jspecify.annotations.NullMarked;
