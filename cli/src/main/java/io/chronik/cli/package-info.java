/// The `chronik` command: what a person types. `Chronik` is the entry point; each package below holds the commands of
/// one noun (`topic`, `group`, …) and everything but `node`, `dev`, `segment` and `metadata` uses only Kafka's public
/// clients, so that it works against
/// any Kafka. Start reading at `Chronik`, then `client.ClientCommand`.
@NullMarked
package io.chronik.cli;

import org.jspecify.annotations.NullMarked;
