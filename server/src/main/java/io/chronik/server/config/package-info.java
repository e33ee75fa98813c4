/// The node's settings: server.properties, KAFKA_* environment, --set.
@NullMarked
package io.chronik.server.config;

import org.jspecify.annotations.NullMarked;
