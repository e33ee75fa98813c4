/// Real processes and clients against a node; this package has the tests of the `chronik` command itself.
@NullMarked
package io.chronik.it;

import org.jspecify.annotations.NullMarked;
