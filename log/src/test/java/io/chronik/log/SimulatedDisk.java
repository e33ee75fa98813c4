package io.chronik.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A disk in memory that forgets what was not synced. For every file it knows the durable bytes and the writes
/// since the last sync; for every directory the durable names and the changes since its last sync. A [#powerCut]
/// keeps a random part of what was not synced: some sectors of some pages, a size that may have grown without its
/// data, the first few of the changed names. [#kill] is the end of the process alone: nothing is lost.
///
/// Faults are asked for by [#faults]. One thread at a time, and deterministic.
public final class SimulatedDisk implements Disk {
    private static final int PAGE_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;

    private final TreeMap<Path, Node> names = new TreeMap<>();
    private final TreeMap<Path, Node> durableNames = new TreeMap<>();
    private final List<NameChange> nameChanges = new ArrayList<>();
    private final Set<Path> locks = new HashSet<>();
    private Faults faults = Faults.NONE;
    private long capacityBytes = Long.MAX_VALUE;
    private int generation;
    private long durableNamesVersion;
    private final List<Path> closedUnsynced = new ArrayList<>();

    /// Asked before each operation that can fail; an exception is what the caller sees.
    public interface Faults {
        Faults NONE = (operation, path) -> {};

        void before(Operation operation, Path path) throws IOException;
    }

    public enum Operation {
        READ,
        WRITE,
        SYNC,
        CREATE,
        TRUNCATE,
        RENAME,
        DELETE,
        SYNC_DIRECTORY,
        SYNC_FILE_SYSTEM
    }

    /// All of `moves` or none: a renamed directory takes along what is in it.
    private record NameChange(Path directory, List<Move> moves) {
        NameChange(Path directory, Path removed, @Nullable Path added, @Nullable Node node) {
            this(directory, List.of(new Move(removed, added, node)));
        }
    }

    private record Move(
            Path removed, @Nullable Path added, @Nullable Node node) {}

    private sealed interface Change {
        record Write(int position, ByteBuffer bytes) implements Change {}

        record Truncate(int size) implements Change {}
    }

    /// A file or, without content, a directory.
    private static final class Node {
        private final boolean directory;
        private byte[] bytes = new byte[0];
        private byte[] durable = new byte[0];
        private final List<Change> changes = new ArrayList<>();

        /// The process that has written something unsynced, -1 when there is nothing.
        private int writtenIn = -1;

        Node(boolean directory) {
            this.directory = directory;
        }

        void apply(Change change) {
            bytes = applied(bytes, change);
            changes.add(change);
        }

        void sync() {
            for (Change change : changes) durable = applied(durable, change);
            changes.clear();
            writtenIn = -1;
        }

        /// After a failed sync the kernel calls the pages clean: a later sync will not write them either, and they can
        /// be read until they are forgotten.
        void loseChanges() {
            changes.clear();
        }

        /// Whole pages in [from, to) are read from the disk next time. The size stays what it is.
        void forget(long from, long to) {
            int first = (int) ((from + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
            int end = (int) (to >= bytes.length ? bytes.length : to / PAGE_BYTES * PAGE_BYTES);
            byte[] onDisk = Arrays.copyOf(durable, bytes.length);
            if (first < end) System.arraycopy(onDisk, first, bytes, first, end - first);
        }

        /// Every sector is left as it was after some number of the changes, most pages as a whole; so is the size.
        void powerCut(Random random) {
            List<byte[]> versions = new ArrayList<>();
            versions.add(durable);
            for (Change change : changes) versions.add(applied(versions.getLast(), change));
            byte[] left = new byte[any(versions, random).length];
            for (int page = 0; page < left.length; page += PAGE_BYTES) {
                byte[] whole = any(versions, random);
                boolean torn = random.nextInt(4) == 0;
                for (int at = page; at < Math.min(left.length, page + PAGE_BYTES); at += SECTOR_BYTES) {
                    byte[] version = torn ? any(versions, random) : whole;
                    int count = Math.min(SECTOR_BYTES, Math.min(left.length, version.length) - at);
                    if (count > 0) System.arraycopy(version, at, left, at, count);
                }
            }
            durable = left;
            bytes = left.clone();
            changes.clear();
        }

        private static byte[] any(List<byte[]> versions, Random random) {
            return versions.get(random.nextInt(versions.size()));
        }

        private static byte[] applied(byte[] bytes, Change change) {
            return switch (change) {
                case Change.Truncate truncate -> Arrays.copyOf(bytes, truncate.size);
                case Change.Write write -> {
                    byte[] next = grown(bytes, write.position + write.bytes.limit());
                    write.bytes.get(0, next, write.position, write.bytes.limit());
                    yield next;
                }
            };
        }

        private static byte[] grown(byte[] bytes, int size) {
            return Arrays.copyOf(bytes, Math.max(bytes.length, size));
        }
    }

    // ---- What a test does to it ----

    public void faults(Faults newFaults) {
        faults = newFaults;
    }

    /// Writes fail as soon as all files together would be larger.
    public void capacity(long bytes) {
        capacityBytes = bytes;
    }

    public long usedBytes() {
        return names.values().stream().mapToLong(node -> node.bytes.length).sum();
    }

    /// Files that a process closed although it had written to them and not synced them.
    public List<Path> closedUnsynced() {
        return List.copyOf(closedUnsynced);
    }

    /// Those so far were deleted.
    public void forgetClosedUnsynced() {
        closedUnsynced.clear();
    }

    /// The process is gone, its files are not.
    public void kill() {
        generation++;
        locks.clear();
        closedUnsynced.clear();
    }

    /// The machine is gone: a random part of what was not synced is lost.
    public void powerCut(Random random) {
        kill();
        int kept = nameChanges.isEmpty() ? 0 : random.nextInt(nameChanges.size() + 1);
        for (NameChange change : nameChanges.subList(0, kept)) apply(change, durableNames);
        durableNamesVersion++;
        nameChanges.clear();
        names.clear();
        names.putAll(durableNames);
        for (Node node : names.values()) node.powerCut(random);
    }

    /// Changes bytes at rest, as rot does.
    public void corrupt(Path path, int position, int xor) {
        Node node = node(path);
        node.bytes[position] ^= (byte) xor;
        node.durable = node.bytes.clone();
    }

    public byte[] content(Path path) {
        return node(path).bytes.clone();
    }

    /// What of the file at `path` a power cut leaves for certain, whatever its size says; not to be changed. The same
    /// array until that changes.
    public byte[] durable(Path path) {
        Node node = durableNames.get(path);
        if (node == null) throw new IllegalArgumentException("no durable name: " + path);
        return node.durable;
    }

    /// Counts what has changed the durable names.
    public long durableNamesVersion() {
        return durableNamesVersion;
    }

    /// Durable names in `directory`, sorted.
    public List<String> durableNames(Path directory) {
        return namesIn(directory, durableNames);
    }

    private static List<String> namesIn(Path directory, NavigableMap<Path, Node> all) {
        List<String> found = new ArrayList<>();
        String prefix = directory.toString();
        for (Path path : all.tailMap(directory, false).keySet()) {
            String name = path.toString();
            // Names that go on with `.` come before those inside.
            if (!name.startsWith(prefix)) break;
            boolean inside = name.charAt(prefix.length()) == '/' && name.indexOf('/', prefix.length() + 1) < 0;
            if (inside) found.add(name.substring(prefix.length() + 1));
        }
        found.sort(null);
        return found;
    }

    public void replace(Path path, byte[] content) {
        Node node = node(path);
        node.bytes = content.clone();
        node.durable = content.clone();
        node.changes.clear();
    }

    /// Removes a name at rest.
    public void remove(Path path) {
        names.remove(path);
        durableNames.remove(path);
        durableNamesVersion++;
    }

    private Node node(Path path) {
        Node node = names.get(path);
        if (node == null) throw new IllegalArgumentException("no such file: " + path);
        return node;
    }

    // ---- Disk ----

    @Override
    public DiskFile open(Path path, boolean create) throws IOException {
        Node node = names.get(path);
        if (node == null) {
            if (!create) throw new NoSuchFileException(path.toString());
            faults.before(Operation.CREATE, path);
            node = new Node(false);
            change(new NameChange(parent(path), path, path, node));
        }
        return new OpenFile(path, node, generation);
    }

    @Override
    public void createDirectories(Path path) {
        if (path.getParent() != null) createDirectories(path.getParent());
        if (!names.containsKey(path)) change(new NameChange(parent(path), path, path, new Node(true)));
    }

    @Override
    public List<String> list(Path directory) {
        return namesIn(directory, names);
    }

    @Override
    public boolean exists(Path path) {
        return names.containsKey(path);
    }

    @Override
    public long size(Path path) throws IOException {
        Node node = names.get(path);
        if (node == null) throw new NoSuchFileException(path.toString());
        return node.bytes.length;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        faults.before(Operation.RENAME, from);
        Node node = names.get(from);
        if (node == null) throw new NoSuchFileException(from.toString());
        List<Path> inside = names.keySet().stream()
                .filter(path -> path.startsWith(from) && !path.equals(from))
                .toList();
        List<Move> moves = new ArrayList<>();
        moves.add(new Move(from, to, node));
        for (Path path : inside) moves.add(new Move(path, to.resolve(from.relativize(path)), names.get(path)));
        change(new NameChange(parent(to), moves));
    }

    @Override
    public void delete(Path path) throws IOException {
        faults.before(Operation.DELETE, path);
        if (names.containsKey(path)) change(new NameChange(parent(path), path, null, null));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        faults.before(Operation.SYNC_DIRECTORY, directory);
        // As journals do it: a change is durable only with all that came before it.
        int last = -1;
        for (int i = 0; i < nameChanges.size(); i++) {
            if (nameChanges.get(i).directory.equals(directory)) last = i;
        }
        List<NameChange> durable = nameChanges.subList(0, last + 1);
        for (NameChange change : durable) apply(change, durableNames);
        if (!durable.isEmpty()) durableNamesVersion++;
        durable.clear();
    }

    @Override
    public Optional<FileSystemSync> fileSystemSync(Path directory) {
        return Optional.of(new FileSystemSync() {
            @Override
            public void sync() throws IOException {
                try {
                    faults.before(Operation.SYNC_FILE_SYSTEM, directory);
                } catch (IOException e) {
                    names.values().forEach(Node::loseChanges);
                    throw e;
                }
                for (NameChange change : nameChanges) apply(change, durableNames);
                if (!nameChanges.isEmpty()) durableNamesVersion++;
                nameChanges.clear();
                names.values().forEach(Node::sync);
                // It would have told about them, too.
                closedUnsynced.clear();
            }

            @Override
            public void close() {}
        });
    }

    /// What was dropped, `name from-to`, in order. Bytes that are not durable yet may not be.
    public final List<String> droppedParts = new ArrayList<>();

    @Override
    public void dropCached(Path path, long from, long to) {
        for (Change change : node(path).changes) {
            if (change instanceof Change.Write(int position, ByteBuffer bytes)
                    && position < to
                    && position + bytes.limit() > from) throw new IllegalStateException("dropped before the sync");
        }
        node(path).forget(from, to);
        droppedParts.add(path.getFileName() + " " + from + "-" + to);
    }

    @Override
    public AutoCloseable lock(Path path) throws IOException {
        if (!locks.add(path)) throw new IOException(path + " is locked: another process uses this directory");
        return () -> locks.remove(path);
    }

    @Override
    public long usableBytes(Path path) {
        return capacityBytes - usedBytes();
    }

    @Override
    public long totalBytes(Path path) {
        return capacityBytes;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private void change(NameChange change) {
        apply(change, names);
        nameChanges.add(change);
    }

    private static void apply(NameChange change, Map<Path, Node> target) {
        for (Move move : change.moves) {
            target.remove(move.removed);
            if (move.added != null && move.node != null) target.put(move.added, move.node);
        }
    }

    private final class OpenFile implements DiskFile {
        private final Path path;
        private final Node node;
        private final int openedIn;
        private boolean closed;

        OpenFile(Path path, Node node, int openedIn) {
            this.path = path;
            this.node = node;
            this.openedIn = openedIn;
        }

        private void check() throws IOException {
            if (closed || openedIn != generation) throw new IOException("closed: " + path);
            if (node.directory) throw new IOException("is a directory: " + path);
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public long size() throws IOException {
            check();
            return node.bytes.length;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            check();
            node.writtenIn = generation;
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            int at = Math.toIntExact(position);
            int growth = Math.max(0, at + bytes.length - node.bytes.length);
            long room = capacityBytes == Long.MAX_VALUE ? Long.MAX_VALUE : capacityBytes - usedBytes();
            if (growth > room) {
                // A part fits: the rest is what the caller hears about.
                int fits = (int) Math.max(0, bytes.length - (growth - Math.max(0, room)));
                if (fits > 0) node.apply(new Change.Write(at, ByteBuffer.wrap(Arrays.copyOf(bytes, fits))));
                throw new IOException("No space left on device");
            }
            try {
                faults.before(Operation.WRITE, path);
            } catch (IOException e) {
                if (bytes.length > 1)
                    node.apply(new Change.Write(at, ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length / 2))));
                throw e;
            }
            node.apply(new Change.Write(at, ByteBuffer.wrap(bytes)));
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            check();
            faults.before(Operation.READ, path);
            int count = (int) Math.max(0, Math.min(target.remaining(), node.bytes.length - position));
            if (count > 0) target.put(node.bytes, (int) position, count);
            return count;
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            check();
            faults.before(Operation.TRUNCATE, path);
            if (sizeBytes < node.bytes.length) node.apply(new Change.Truncate((int) sizeBytes));
        }

        @Override
        public void sync() throws IOException {
            check();
            try {
                faults.before(Operation.SYNC, path);
            } catch (IOException e) {
                node.loseChanges();
                throw e;
            }
            node.sync();
        }

        @Override
        public void close() {
            closed = true;
            boolean stillThere = names.containsValue(node);
            if (stillThere && node.writtenIn == openedIn && openedIn == generation) closedUnsynced.add(path);
        }
    }
}
