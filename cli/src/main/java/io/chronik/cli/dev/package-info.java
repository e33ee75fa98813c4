/// `chronik dev`: a whole cluster on this machine, for trying things out.
@NullMarked
package io.chronik.cli.dev;

import org.jspecify.annotations.NullMarked;
