/// What a node counts, and how Prometheus reads it. Counting is cheap and lock-free; everything else waits for the
/// first scrape. Start at [NodeMetrics][io.chronik.server.metrics.NodeMetrics].
@NullMarked
package io.chronik.server.metrics;

import org.jspecify.annotations.NullMarked;
