@NullMarked
package io.chronik.server.replica;

import org.jspecify.annotations.NullMarked;
