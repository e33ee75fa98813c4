/// Nodes under test: real processes with real ports, files and signals.
@NullMarked
package io.chronik.it.node;

import org.jspecify.annotations.NullMarked;
