package io.chronik.log;

import io.chronik.log.ProducerEntry.Batch;
import java.util.ArrayList;
import java.util.List;

/// What a log knew when it was closed: all below the recovery point, which was its end, is durable.
record ClosedLog(LogCheckpoint checkpoint, EpochHistory epochs, List<ProducerEntry> producers) {
    private static final String EPOCH = "epoch";
    private static final String PRODUCER = "producer";

    ClosedLog {
        producers = List.copyOf(producers);
    }

    /// The first line is the checkpoint's; see [LogCheckpoint#lines()].
    List<String> lines() {
        List<String> lines = new ArrayList<>(checkpoint.lines());
        for (EpochHistory.Start start : epochs.starts()) {
            lines.add(EPOCH + " " + start.epoch() + " " + start.startOffset());
        }
        for (ProducerEntry producer : producers) lines.add(line(producer));
        return lines;
    }

    private static String line(ProducerEntry producer) {
        StringBuilder line = new StringBuilder(PRODUCER);
        line.append(' ').append(producer.producerId());
        line.append(' ').append(producer.epoch());
        line.append(' ').append(producer.updatedMs());
        for (Batch batch : producer.batches()) {
            line.append(' ').append(batch.firstSequence());
            line.append(' ').append(batch.lastSequence());
            line.append(' ').append(batch.baseOffset());
            line.append(' ').append(batch.lastOffset());
            line.append(' ').append(batch.timestampMs());
        }
        return line.toString();
    }

    static ClosedLog parse(List<String> lines) {
        List<String> ofCheckpoint = new ArrayList<>();
        List<EpochHistory.Start> epochs = new ArrayList<>();
        List<ProducerEntry> producers = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case EPOCH -> epochs.add(new EpochHistory.Start(Integer.parseInt(words[1]), Long.parseLong(words[2])));
                case PRODUCER -> producers.add(producer(words));
                default -> ofCheckpoint.add(line);
            }
        }
        return new ClosedLog(LogCheckpoint.parse(ofCheckpoint), new EpochHistory(epochs), producers);
    }

    private static ProducerEntry producer(String[] words) {
        List<Batch> batches = new ArrayList<>();
        for (int i = 4; i < words.length; i += 5) {
            batches.add(new Batch(
                    Integer.parseInt(words[i]),
                    Integer.parseInt(words[i + 1]),
                    Long.parseLong(words[i + 2]),
                    Long.parseLong(words[i + 3]),
                    Long.parseLong(words[i + 4])));
        }
        return new ProducerEntry(
                Long.parseLong(words[1]), Short.parseShort(words[2]), Long.parseLong(words[3]), batches);
    }
}
