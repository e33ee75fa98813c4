package io.chronik.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
    @TempDir
    Path directory;

    /// So the process needs no right to write to it: Kafka takes that away from snapshots.
    @Test
    void aFileThatIsOpenToReadIsNotOpenToWrite() throws Exception {
        // Given
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});

        // When
        try (Disk.DiskFile file = new FileDisk().openToRead(path)) {
            // Then
            ByteBuffer found = ByteBuffer.allocate(3);
            assertThat(file.read(found, 0)).isEqualTo(3);
            assertThat(found.array()).containsExactly(1, 2, 3);
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(NonWritableChannelException.class);
        }
    }
}
