/// What is advertised is what is served: every key, every version, and the traps.
@NullMarked
package io.chronik.it.api;

import org.jspecify.annotations.NullMarked;
