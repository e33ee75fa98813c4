package io.chronik.log;

import org.apache.kafka.common.Uuid;

/// What of a log is not durable yet, when that is one piece of its newest segment whose name is: the bytes [from, to)
/// of the file.
record JournalPart(Uuid topicId, int partition, Segment segment, int from, int to, DurableMark mark) {
    int bytes() {
        return to - from;
    }
}
