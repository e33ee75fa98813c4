/// Bad input on a live node: frames and record batches.
@NullMarked
package io.chronik.it.input;

import org.jspecify.annotations.NullMarked;
