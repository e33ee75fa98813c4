/// The Kafka API: one handler per request type, registered in `Apis`; what is not registered is not advertised.
@NullMarked
package io.chronik.server.api;

import org.jspecify.annotations.NullMarked;
