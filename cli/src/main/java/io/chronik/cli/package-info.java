@NullMarked
package io.chronik.cli;

import org.jspecify.annotations.NullMarked;
