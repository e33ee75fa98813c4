@NullMarked
package io.chronik.replication;

import org.jspecify.annotations.NullMarked;
