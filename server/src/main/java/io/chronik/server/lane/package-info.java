/// Production lanes: strands that whoever finds them idle drains.
@NullMarked
package io.chronik.server.lane;

import org.jspecify.annotations.NullMarked;
