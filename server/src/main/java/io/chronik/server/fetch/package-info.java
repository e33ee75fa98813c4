/// Fetch: sessions (KIP-227), reading by file slices, and waiting for the high watermark.
/// Start reading at [FetchHandler][io.chronik.server.fetch.FetchHandler].
@NullMarked
package io.chronik.server.fetch;

import org.jspecify.annotations.NullMarked;
