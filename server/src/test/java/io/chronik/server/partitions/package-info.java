@NullMarked
package io.chronik.server.partitions;

import org.jspecify.annotations.NullMarked;
