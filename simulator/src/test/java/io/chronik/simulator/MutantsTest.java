package io.chronik.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The simulation is believed because it finds these.
@Execution(ExecutionMode.CONCURRENT)
class MutantsTest {
    /// A change of the product changes what happens under a seed: then others have to find it.
    private static final int OTHER_SEEDS = Integer.getInteger("sim.mutant.seeds", 400);

    static List<Mutant> mutants() {
        return Mutants.ALL;
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void isFound(Mutant mutant) {
        // Given
        MutantCode code = MutantCode.of(mutant);
        LongStream seeds =
                LongStream.concat(mutant.seeds().stream().mapToLong(seed -> seed), LongStream.range(0, OTHER_SEEDS));

        // When
        boolean found = seeds.anyMatch(seed -> code.run(seed).isPresent());

        // Then
        assertThat(found).isTrue();
    }
}
