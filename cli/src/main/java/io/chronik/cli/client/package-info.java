/// The connection to a cluster and what all client commands share: bootstrap address, waiting for answers, offsets.
@NullMarked
package io.chronik.cli.client;

import org.jspecify.annotations.NullMarked;
