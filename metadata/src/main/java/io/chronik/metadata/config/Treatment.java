package io.chronik.metadata.config;

/// What Chronik does with a setting.
public sealed interface Treatment {
    /// It has the effect that its documentation says.
    record Honoured() implements Treatment {}

    /// It is stored and shown, without effect. `reason` is a sentence, or empty when there is nothing to add.
    record Ignored(String reason) implements Treatment {}

    /// Starting with it would promise a protection that is not there. `advice` says what to do, without a full stop.
    record Refused(String advice) implements Treatment {}
}
