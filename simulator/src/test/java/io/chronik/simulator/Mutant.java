package io.chronik.simulator;

import java.util.List;

/// A deliberate fault: `original`, which the source file of `module` has once, becomes `changed`. `file` is below the
/// module's package. `seeds`: some that find it.
record Mutant(String name, String module, String file, String original, String changed, List<Long> seeds) {
    Mutant {
        seeds = List.copyOf(seeds);
    }

    @Override
    public String toString() {
        return name;
    }
}
