/// What Kafka's Raft library keeps on disk, on our own log and our own port to the disk. Start reading at
/// [OwnRaftLog][io.chronik.server.metadata.raft.OwnRaftLog].
@NullMarked
package io.chronik.server.metadata.raft;

import org.jspecify.annotations.NullMarked;
