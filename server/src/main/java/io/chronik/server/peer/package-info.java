/// Connections to other nodes: requests out, answers in.
@NullMarked
package io.chronik.server.peer;

import org.jspecify.annotations.NullMarked;
