/// How a command speaks: aligned columns or JSON on stdout, one line on stderr when it fails.
@NullMarked
package io.chronik.cli.output;

import org.jspecify.annotations.NullMarked;
