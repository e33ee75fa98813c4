@NullMarked
package io.chronik.coordinators;

import org.jspecify.annotations.NullMarked;
