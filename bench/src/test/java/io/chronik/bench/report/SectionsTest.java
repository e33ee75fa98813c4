package io.chronik.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SectionsTest {
    private final Sections sections = new Sections("before\n<!-- a -->\nold\n<!-- end of a -->\nafter\n");

    @Test
    void replacesOneSectionAndNothingElse() {
        assertThat(sections.with("a", "new\n").text()).isEqualTo("before\n<!-- a -->\nnew\n<!-- end of a -->\nafter\n");
    }

    @Test
    void missesASectionThatIsNotThere() {
        assertThatThrownBy(() -> sections.with("b", "")).hasMessageContaining("no section b");
    }
}
