/// How this process logs: one line per event, text or JSON, and the levels of its loggers.
@NullMarked
package io.chronik.server.logging;

import org.jspecify.annotations.NullMarked;
