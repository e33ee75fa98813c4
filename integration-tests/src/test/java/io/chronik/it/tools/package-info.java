/// Kafka's own command-line tools against a node.
@NullMarked
package io.chronik.it.tools;

import org.jspecify.annotations.NullMarked;
