/// What is decided about the cluster: [commands][io.chronik.metadata.Command] that Raft replicates, the
/// [image][io.chronik.metadata.ClusterImage] that they build on every node, and the controller's decisions.
/// Pure: no threads, sockets, files, system clock or randomness; ids, epochs and times are arguments.
@NullMarked
package io.chronik.metadata;

import org.jspecify.annotations.NullMarked;
