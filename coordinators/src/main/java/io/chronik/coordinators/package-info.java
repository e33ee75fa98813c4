/// Consumer groups, classic (KIP-62, 345, 429) and new (KIP-848): Kafka's group coordinator library on our log.
///
/// Start reading at [Groups][io.chronik.coordinators.Groups], the one class that the server uses. What it needs
/// from a node is the port [CoordinatorLog][io.chronik.coordinators.CoordinatorLog]. Only this module names the
/// types of `kafka-group-coordinator`: they are internal to Kafka and pinned to one version.
@NullMarked
package io.chronik.coordinators;

import org.jspecify.annotations.NullMarked;
