/// The metadata quorum on this node: the Raft host and the controller's I/O side.
@NullMarked
package io.chronik.server.metadata;

import org.jspecify.annotations.NullMarked;
