/// Seeing inside: /metrics, /livez, /readyz, /v1/metadata/digest.
@NullMarked
package io.chronik.server.http;

import org.jspecify.annotations.NullMarked;
