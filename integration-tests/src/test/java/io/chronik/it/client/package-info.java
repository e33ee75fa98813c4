/// Client features through the official Java client.
@NullMarked
package io.chronik.it.client;

import org.jspecify.annotations.NullMarked;
