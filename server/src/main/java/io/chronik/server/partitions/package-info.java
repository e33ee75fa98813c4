/// The partition replicas of this node: opened, assigned and closed as the metadata says.
@NullMarked
package io.chronik.server.partitions;

import org.jspecify.annotations.NullMarked;
