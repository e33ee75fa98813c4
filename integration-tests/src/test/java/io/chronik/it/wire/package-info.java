/// A plain socket that speaks any version of any Kafka request.
@NullMarked
package io.chronik.it.wire;

import org.jspecify.annotations.NullMarked;
