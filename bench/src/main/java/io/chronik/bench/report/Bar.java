package io.chronik.bench.report;

import io.chronik.bench.cases.Cases;

/// One promise: how a figure of Chronik in one case relates to another figure, and what it has to reach. `stretch` is
/// what we would like.
public record Bar(
        String title, String caseName, String metric, Against against, boolean atLeast, double bar, double stretch) {

    /// What the figure is compared with.
    public sealed interface Against {
        /// The same figure of another broker, run by run; the bar is for the median ratio.
        record Broker(String name) implements Against {}

        /// The same figure of Chronik in another case; the bar is for the ratio of the medians.
        record OtherCase(String name) implements Against {}

        /// Nothing: the bar is for the median itself.
        record Nothing() implements Against {}

        /// The same figure of another broker; the bar is for the difference in syncs of this disk.
        record FsyncsMore(String name) implements Against {}
    }

    static Bar kafkaAtLeast(String title, String caseName, String metric, double bar, double stretch) {
        return new Bar(title, caseName, metric, new Against.Broker(Cases.KAFKA), true, bar, stretch);
    }

    static Bar kafkaAtMost(String title, String caseName, String metric, double bar, double stretch) {
        return new Bar(title, caseName, metric, new Against.Broker(Cases.KAFKA), false, bar, stretch);
    }

    static Bar fsyncAtLeast(String title, String caseName, String metric, double bar, double stretch) {
        return new Bar(title, caseName, metric, new Against.Broker(Cases.KAFKA_FSYNC), true, bar, stretch);
    }

    static Bar atMost(String title, String caseName, String metric, double bar, double stretch) {
        return new Bar(title, caseName, metric, new Against.Nothing(), false, bar, stretch);
    }

    boolean isReached(double value) {
        return atLeast ? value >= bar : value <= bar;
    }

    boolean isStretched(double value) {
        return atLeast ? value >= stretch : value <= stretch;
    }
}
