/// What the controller decides: each class takes a request and the newest image and yields a
/// [Decision][io.chronik.metadata.controller.Decision], the commands to commit and the reply that waits for them.
/// Codes and texts of errors are Kafka's, because tools match on them. Nothing here changes state.
@NullMarked
package io.chronik.metadata.controller;

import org.jspecify.annotations.NullMarked;
