/// The rules of the house, read from the class files.
@NullMarked
package io.chronik.it.arch;

import org.jspecify.annotations.NullMarked;
