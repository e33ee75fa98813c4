package io.chronik.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageReservoirTest {
    private static final long MIB = 1 << 20;

    @Test
    void givesTheLeadAtOnceAndThenWhatIsTaken() {
        assertThat(PageReservoir.keepBytes(3000 * MIB, 5000 * MIB, 5000 * MIB)).isEqualTo(2744 * MIB);
        assertThat(PageReservoir.keepBytes(2744 * MIB, 5000 * MIB, 5256 * MIB)).isEqualTo(2744 * MIB);
        assertThat(PageReservoir.keepBytes(2744 * MIB, 5000 * MIB, 5200 * MIB)).isEqualTo(2688 * MIB);
    }

    @Test
    void neitherTakesNorGivesMoreThanItHas() {
        assertThat(PageReservoir.keepBytes(100 * MIB, 5000 * MIB, 9000 * MIB)).isEqualTo(100 * MIB);
        assertThat(PageReservoir.keepBytes(100 * MIB, 5000 * MIB, 1000 * MIB)).isZero();
    }

    @Test
    void leavesNoFile(@TempDir Path work) throws Exception {
        // When
        try (PageReservoir reservoir = PageReservoir.below(work, true)) {
            assertThat(reservoir.during(() -> 7)).isEqualTo(7);
        }

        // Then
        try (Stream<Path> files = Files.list(work)) {
            assertThat(files).isEmpty();
        }
    }
}
