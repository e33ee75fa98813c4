/// A small process beside the node that ends the node's client connections while the node stands still (ADR 0035): a
/// stopped process can't do that itself, and its kernel keeps them open.
///
/// The node has [SentinelProcess]; the process beside it is [Sentinel], which uses nothing but the JDK and the classes
/// of this package that do so too.
@NullMarked
package io.chronik.server.sentinel;

import org.jspecify.annotations.NullMarked;
