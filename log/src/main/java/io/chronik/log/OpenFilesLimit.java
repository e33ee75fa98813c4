package io.chronik.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How many segment files may be open: half of what the process may have, since connections need descriptors too.
final class OpenFilesLimit {
    static final int LEAST = 1_000;
    static final int MOST = 10_000;

    private OpenFilesLimit() {}

    static int ofThisProcess() {
        try {
            return of(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (IOException notLinux) {
            return LEAST;
        }
    }

    /// `limits` as Linux tells them. Java raises the soft limit to the hard one when it starts.
    static int of(List<String> limits) {
        for (String line : limits) {
            if (!line.startsWith("Max open files")) continue;
            String values = line.substring("Max open files".length()).strip();
            String soft = values.substring(0, values.indexOf(' '));
            long most = soft.equals("unlimited") ? 2L * MOST : Long.parseLong(soft);
            return Math.clamp(most / 2, LEAST, MOST);
        }
        return LEAST;
    }
}
