/// Clusters of several nodes, each a process of its own, and the networks between them.
@NullMarked
package io.chronik.it.cluster;

import org.jspecify.annotations.NullMarked;
