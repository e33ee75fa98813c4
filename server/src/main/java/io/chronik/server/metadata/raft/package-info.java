/// What Kafka's Raft library keeps on disk, on our own log and our own port to the disk.
@NullMarked
package io.chronik.server.metadata.raft;

import org.jspecify.annotations.NullMarked;
