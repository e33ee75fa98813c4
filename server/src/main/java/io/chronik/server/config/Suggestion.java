package io.chronik.server.config;

import java.util.Collection;
import java.util.Optional;

/// Finds the name that was probably meant.
final class Suggestion {
    private Suggestion() {}

    /// The closest of `names`, when it is close enough to be a slip: a third of the letters may differ.
    static Optional<String> closest(String written, Collection<String> names) {
        int least = Math.max(2, written.length() / 3) + 1;
        String closest = null;
        for (String name : names) {
            if (Math.abs(name.length() - written.length()) >= least) continue;
            int distance = distance(written, name);
            if (distance < least) {
                least = distance;
                closest = name;
            }
        }
        return Optional.ofNullable(closest);
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) last[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
