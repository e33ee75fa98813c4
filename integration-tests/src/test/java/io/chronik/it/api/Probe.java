package io.chronik.it.api;

import io.chronik.it.wire.RawKafka;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What is asked of one API in each of its versions: a case that succeeds and one that Kafka refuses, each with the
/// sentence that the compatibility table shows.
record Probe(ApiKeys key, Case success, Case refusal) {

    record Case(String shows, Check check) {}

    /// Throws an AssertionError when the node's answer is not Kafka's.
    @FunctionalInterface
    interface Check {
        void run(RawKafka kafka, short version);
    }

    static Case shows(String what, Check check) {
        return new Case(what, check);
    }

    static List<Probe> all() {
        List<Probe> all = new ArrayList<>();
        all.addAll(SessionProbes.all());
        all.addAll(RecordProbes.all());
        all.addAll(TopicProbes.all());
        all.addAll(ConfigProbes.all());
        all.addAll(GroupProbes.all());
        all.addAll(ClassicMemberProbes.all());
        all.addAll(ClusterProbes.all());
        return List.copyOf(all);
    }

    static Errors error(short code) {
        return Errors.forCode(code);
    }
}
