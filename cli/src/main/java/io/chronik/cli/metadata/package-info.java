/// `chronik metadata`: the metadata log on disk.
@NullMarked
package io.chronik.cli.metadata;

import org.jspecify.annotations.NullMarked;
