/// `chronik log dump`: reads the files of a partition without a running node.
@NullMarked
package io.chronik.cli.segment;

import org.jspecify.annotations.NullMarked;
