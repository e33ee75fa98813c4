package io.chronik.bench.report;

import io.chronik.bench.cases.Cases;

/// One row of the promises: how a figure of Chronik in one case relates to another figure, and what it has to reach.
/// `pick` is which of the runs' values the goal is for.
public record Bar(String title, String caseName, String metric, Against against, Pick pick, Goal goal) {
    /// One value of many runs.
    public enum Pick {
        MEDIAN,
        P95,
        MOST
    }

    /// What the figure is compared with.
    public sealed interface Against {
        /// The same figure of another broker, run by run; the goal is for the median ratio.
        record Broker(String name) implements Against {}

        /// The same figure of Chronik in another case, run by run; the goal is for the median ratio.
        record OtherCase(String name) implements Against {}

        /// Nothing: the goal is for the median itself.
        record Nothing() implements Against {}

        /// The same figure of another broker, run by run; the goal is for the median difference, in syncs of this disk.
        record FsyncsMore(String name) implements Against {}
    }

    static Bar kafka(String title, String caseName, String metric, Goal goal) {
        return new Bar(title, caseName, metric, new Against.Broker(Cases.KAFKA), Pick.MEDIAN, goal);
    }

    static Bar kafkaFsync(String title, String caseName, String metric, Goal goal) {
        return new Bar(title, caseName, metric, new Against.Broker(Cases.KAFKA_FSYNC), Pick.MEDIAN, goal);
    }

    static Bar otherCase(String title, String caseName, String other, String metric, Goal goal) {
        return new Bar(title, caseName, metric, new Against.OtherCase(other), Pick.MEDIAN, goal);
    }

    static Bar fsyncsMore(String title, String caseName, String metric, Goal goal) {
        return new Bar(title, caseName, metric, new Against.FsyncsMore(Cases.KAFKA), Pick.MEDIAN, goal);
    }

    static Bar alone(String title, String caseName, String metric, Goal goal) {
        return new Bar(title, caseName, metric, new Against.Nothing(), Pick.MEDIAN, goal);
    }

    static Bar alone(String title, String caseName, String metric, Pick pick, Goal goal) {
        return new Bar(title, caseName, metric, new Against.Nothing(), pick, goal);
    }
}
