/// `chronik start`: turns the command line into a node's settings and runs the node in the foreground.
@NullMarked
package io.chronik.cli.node;

import org.jspecify.annotations.NullMarked;
