package io.chronik.simulator;

/// A seed has shown that something is not as promised.
final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SimulationFailure(String what) {
        super(what);
    }
}
