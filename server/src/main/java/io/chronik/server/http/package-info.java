/// Seeing inside: /metrics, /livez, /readyz.
@NullMarked
package io.chronik.server.http;

import org.jspecify.annotations.NullMarked;
