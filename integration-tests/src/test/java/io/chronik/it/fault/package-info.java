/// A disk that fills up, fails or is slow; a node that cannot start.
@NullMarked
package io.chronik.it.fault;

import org.jspecify.annotations.NullMarked;
