package io.chronik.server.controller;

import java.util.Map;

/// How long the controller waits for what.
///
/// `liveness`: for heartbeats. `fetchTimeoutMs`: after that long a silence of the one before, this node leads.
/// `balanceMs`: between two looks at who leads what; 0 is never.
public record ControllerTimes(NodeLiveness.Times liveness, long fetchTimeoutMs, long balanceMs) {
    private static final long TICKS_PER_SESSION = 8;

    /// From settings under Kafka's names; what is not set has its default.
    public static ControllerTimes of(Map<String, String> settings) {
        long sessionMs = number(settings, "broker.session.timeout.ms", 2_000);
        boolean balances = !"false".equalsIgnoreCase(settings.get("auto.leader.rebalance.enable"));
        return new ControllerTimes(
                new NodeLiveness.Times(
                        sessionMs,
                        number(settings, "chronik.node.disconnect.grace.ms", 100),
                        Math.max(1, sessionMs / TICKS_PER_SESSION)),
                number(settings, "controller.quorum.fetch.timeout.ms", 1_000),
                balances ? 1_000 * number(settings, "leader.imbalance.check.interval.seconds", 30) : 0);
    }

    private static long number(Map<String, String> settings, String name, long whenAbsent) {
        String value = settings.get(name);
        return value == null ? whenAbsent : Long.parseLong(value.trim());
    }
}
