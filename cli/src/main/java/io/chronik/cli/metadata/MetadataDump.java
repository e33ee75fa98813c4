package io.chronik.cli.metadata;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Json;
import io.chronik.cli.segment.BatchScanner;
import io.chronik.metadata.CommandCodec;
import io.chronik.metadata.MalformedCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Utils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `chronik metadata dump`: reads files only, never changes one. Beside a running node the last lines may be missing or
/// torn; for a whole picture stop it, or copy the directory first.
@Command(
        name = "dump",
        description = "Print the snapshots and the log of the metadata, one JSON object per record. Only reads. Exit"
                + " code 1 when something is damaged.",
        footer = {
            "",
            "Examples:",
            "  chronik metadata dump chronik-data",
            "  chronik metadata dump chronik-data | jq -c 'select(.command.type == \"SetPartitionLeader\")'",
        })
final class MetadataDump implements Callable<Integer> {
    private static final String LOG = "metadata/__cluster_metadata-0";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "DIR", description = "A node's data directory, or the metadata log in it.")
    private Path directory = Path.of("");

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            boolean intact = true;
            for (Path file : files()) {
                intact &= dump(file, out);
            }
            out.flush();
            return intact ? 0 : 1;
        } catch (IOException e) {
            throw new Failure("cannot read " + directory + ": " + e.getMessage(), e);
        }
    }

    /// Snapshots before segments, each in the order of their offsets.
    private List<Path> files() throws IOException {
        Path inside = directory.resolve(LOG);
        Path log = Files.isDirectory(inside) ? inside : directory;
        try (Stream<Path> all = Files.list(log)) {
            List<Path> files = all.sorted().toList();
            List<Path> found = Stream.concat(
                            files.stream().filter(file -> isNamed(file, ".checkpoint")),
                            files.stream().filter(file -> isNamed(file, ".log")))
                    .toList();
            if (found.isEmpty()) {
                throw new Failure("there is no metadata log in " + log);
            }
            return found;
        } catch (NotDirectoryException e) {
            throw new Failure(directory + " is not a directory", e);
        }
    }

    private static boolean isNamed(Path file, String ending) {
        return file.getFileName().toString().endsWith(ending);
    }

    private static boolean dump(Path path, PrintWriter out) throws IOException {
        String name = path.getFileName().toString();
        boolean intact = true;
        try (FileChannel file = FileChannel.open(path)) {
            // A snapshot counts its own records from 0; a segment begins at the offset in its name.
            long base = name.endsWith(".log") ? Long.parseLong(name.substring(0, name.indexOf('.'))) : 0;
            BatchScanner scanner = new BatchScanner(file, base);
            for (Optional<BatchScanner.Finding> next = scanner.next(); next.isPresent(); next = scanner.next()) {
                switch (next.get()) {
                    case BatchScanner.Intact found -> intact &= batch(name, found.batch(), out);
                    case BatchScanner.Damage(long position, String reason) -> {
                        intact = false;
                        Map<String, Object> line = new LinkedHashMap<>();
                        line.put("file", name);
                        line.put("position", position);
                        line.put("damage", reason);
                        out.println(Json.line(line));
                    }
                    case BatchScanner.ZeroTail _ -> {}
                }
            }
        }
        return intact;
    }

    private static boolean batch(String file, RecordBatch batch, PrintWriter out) {
        boolean intact = true;
        for (Record record : batch) {
            Map<String, Object> head = new LinkedHashMap<>();
            head.put("file", file);
            head.put("offset", record.offset());
            head.put("epoch", batch.partitionLeaderEpoch());
            head.put("timestamp", record.timestamp());
            if (batch.isControlBatch()) {
                ControlRecordType type = ControlRecordType.parse(record.key());
                head.put("control", type.name());
                head.put("data", control(type, record));
                out.println(Json.line(head));
                continue;
            }
            byte[] bytes = bytes(record.value());
            try {
                String command = CommandCodec.text(CommandCodec.decode(bytes));
                String line = Json.line(head);
                out.println(line.substring(0, line.length() - 1) + ",\"command\":" + command + "}");
            } catch (MalformedCommand e) {
                intact = false;
                head.put("damage", String.valueOf(e.getMessage()));
                out.println(Json.line(head));
            }
        }
        return intact;
    }

    private static byte[] bytes(ByteBuffer value) {
        return Utils.toArray(value);
    }

    /// What Raft keeps for itself.
    private static String control(ControlRecordType type, Record record) {
        return switch (type) {
            case LEADER_CHANGE ->
                ControlRecordUtils.deserializeLeaderChangeMessage(record).toString();
            case SNAPSHOT_HEADER ->
                ControlRecordUtils.deserializeSnapshotHeaderRecord(record).toString();
            case SNAPSHOT_FOOTER ->
                ControlRecordUtils.deserializeSnapshotFooterRecord(record).toString();
            case KRAFT_VERSION ->
                ControlRecordUtils.deserializeKRaftVersionRecord(record).toString();
            case KRAFT_VOTERS ->
                ControlRecordUtils.deserializeVotersRecord(record).toString();
            case ABORT, COMMIT, UNKNOWN -> "";
        };
    }
}
