package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenFilesLimitTest {
    private static int limit(String soft) {
        return OpenFilesLimit.of(List.of(
                "Limit                     Soft Limit           Hard Limit           Units     ",
                "Max processes             95000                95000                processes ",
                "Max open files            " + soft + "                20000                files     "));
    }

    @Test
    void halfOfTheProcesssDescriptorsAreForSegments() {
        assertThat(limit("5000")).isEqualTo(2_500);
    }

    @Test
    void hasALeastAndAMost() {
        assertThat(limit("1024")).isEqualTo(OpenFilesLimit.LEAST);
        assertThat(limit("1048576")).isEqualTo(OpenFilesLimit.MOST);
        assertThat(limit("unlimited")).isEqualTo(OpenFilesLimit.MOST);
    }

    @Test
    void whatIsNotToldIsTheLeast() {
        assertThat(OpenFilesLimit.of(List.of())).isEqualTo(OpenFilesLimit.LEAST);
    }
}
