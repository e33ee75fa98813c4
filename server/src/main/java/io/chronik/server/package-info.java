/// One node: sockets, threads, wiring. Start reading at `Node`, which starts and stops everything.
@NullMarked
package io.chronik.server;

import org.jspecify.annotations.NullMarked;
