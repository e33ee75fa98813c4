/// Requests of this node to other nodes. Start reading at [PeerNetwork][io.chronik.server.peer.PeerNetwork].
@NullMarked
package io.chronik.server.peer;

import org.jspecify.annotations.NullMarked;
