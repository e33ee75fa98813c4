/// Connections to other nodes: requests out, answers in. One for each peer and purpose, because answers come in request
/// order. Start reading at [PeerNetwork][io.chronik.server.peer.PeerNetwork], then `PeerLink`.
@NullMarked
package io.chronik.server.peer;

import org.jspecify.annotations.NullMarked;
