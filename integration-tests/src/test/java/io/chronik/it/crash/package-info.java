/// Kill -9 under load, and the checker that judges the history.
@NullMarked
package io.chronik.it.crash;

import org.jspecify.annotations.NullMarked;
