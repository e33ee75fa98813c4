/// Connections: frames in, replies out in request order, with bounds on everything a peer can grow.
@NullMarked
package io.chronik.server.net;

import org.jspecify.annotations.NullMarked;
