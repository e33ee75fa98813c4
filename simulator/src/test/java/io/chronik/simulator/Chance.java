package io.chronik.simulator;

import java.util.List;
import java.util.Random;

/// One stream of dice. Each place that rolls has its own, made from the seed and its name, so that a change in one
/// place leaves the others' rolls as they were.
final class Chance {
    private final Random random;

    Chance(long seed, String name) {
        random = new Random(seed * 0x9E3779B97F4A7C15L ^ name.hashCode() * 0xC2B2AE3D27D4EB4FL);
    }

    /// Both inclusive.
    long between(long low, long high) {
        return low + random.nextLong(high - low + 1);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean percent(double percent) {
        return random.nextDouble() * 100 < percent;
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    Random random() {
        return random;
    }
}
