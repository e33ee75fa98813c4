package io.chronik.cli.segment;

import io.chronik.cli.output.Failure;
import io.chronik.cli.output.HelpOption;
import io.chronik.cli.output.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `chronik log dump`: reads files only, never changes one, and may look at a running node's.
@Command(
        name = "dump",
        description = "Show what is in a partition's files (.log, .index, .timeindex) and check every batch."
                + " Exit code 1 when something is damaged.",
        footer = {
            "",
            "Examples:",
            "  chronik log dump chronik-data/partitions/*-0/00000000000000000000.log",
            "  chronik log dump --records 00000000000000000000.log",
            "  chronik log dump 00000000000000000000.timeindex -o json",
        })
final class LogDump implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of a partition's directory.")
    private List<Path> files = List.of();

    @Option(
            names = {"-r", "--records"},
            description = "Show each record too.")
    private boolean records;

    @Override
    public Integer call() {
        boolean intact = true;
        for (Path file : files) {
            if (files.size() > 1 && !output.isJson()) {
                output.out().println(file);
            }
            intact &= dump(file);
        }
        output.out().flush();
        return intact ? 0 : 1;
    }

    private boolean dump(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new Failure(file + " is a directory; name its files, such as " + file.resolve("*.log"));
            }
            String name = file.getFileName().toString();
            if (name.endsWith(".timeindex")) {
                return IndexDump.ofTimes(file, output);
            }
            if (name.endsWith(".index")) {
                return IndexDump.ofOffsets(file, output);
            }
            return new SegmentDump(file, output, records).run();
        } catch (NoSuchFileException e) {
            throw new Failure("there is no file " + file, e);
        } catch (IOException e) {
            throw new Failure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
