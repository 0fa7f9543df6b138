package dev.minions.testkit.census;

import dev.minions.spi.StateStore;
import dev.minions.spi.VmRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Counts what Minions has on a host, so that a test can tell that a change left nothing behind: the processes that use
 * its directories, whatever they are called; the ports those listen on; the files in the directories; and, if a store is
 * given, what is in it.
 *
 * {@snippet :
 * var census = LeakCensus.of(dataDirectory, socketDirectory).with(store);
 * Snapshot before = census.take();
 * …
 * assertThat(census.take().moreThan(before)).isEmpty();
 * }
 *
 * <p>It opens none of the files. Those of the database above all: a process that opens and closes one of them loses the
 * locks that SQLite holds on it for the whole process. Immutable; any thread.
 */
public final class LeakCensus {
    private static final String DATABASE = "state.db";

    private final List<Path> directories;
    private final Optional<StateStore> store;
    private final List<Predicate<Path>> ignored;
    private final Map<String, Supplier<? extends Collection<?>>> more;

    private LeakCensus(
            List<Path> directories,
            Optional<StateStore> store,
            List<Predicate<Path>> ignored,
            Map<String, Supplier<? extends Collection<?>>> more) {
        this.directories = List.copyOf(directories);
        this.store = store;
        this.ignored = List.copyOf(ignored);
        this.more = Map.copyOf(more);
    }

    /**
     * What was there at one moment.
     *
     * @param found one line for each thing, in order
     */
    public record Snapshot(Set<String> found) {
        /** Copies the lines. */
        public Snapshot {
            found = new TreeSet<>(found);
        }

        /** The lines, a copy. */
        @Override
        public Set<String> found() {
            return new TreeSet<>(found);
        }

        /** What is here and was not there. */
        public List<String> moreThan(Snapshot before) {
            return found.stream().filter(line -> !before.found.contains(line)).toList();
        }
    }

    /**
     * A census of one installation.
     *
     * @param dataDirectory its data directory; need not exist yet
     * @param socketDirectory its socket directory; need not exist yet
     */
    public static LeakCensus of(Path dataDirectory, Path socketDirectory) {
        return new LeakCensus(
                List.of(real(dataDirectory), real(socketDirectory)), Optional.empty(), List.of(), Map.of());
    }

    /** The kernel knows a process's files by their real paths. */
    private static Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            return directory.toAbsolutePath().normalize(); // not there yet
        }
    }

    /** Counts VMs, unfinished operations, engines and the lanes they hold, too. The store is not closed. */
    public LeakCensus with(StateStore newStore) {
        return new LeakCensus(directories, Optional.of(newStore), ignored, more);
    }

    /** Does not count files of which that is true, and what is in directories of which it is. */
    public LeakCensus ignoring(Predicate<Path> files) {
        List<Predicate<Path>> all = new ArrayList<>(ignored);
        all.add(files);
        return new LeakCensus(directories, store, all, more);
    }

    /**
     * Counts something else too, for example the rules of a packet filter.
     *
     * @param kind what it is, one word
     * @param things reads it from the host
     */
    public LeakCensus counting(String kind, Supplier<? extends Collection<?>> things) {
        var all = new HashMap<>(more);
        all.put(kind, things);
        return new LeakCensus(directories, store, ignored, all);
    }

    /** Looks at the host. */
    public Snapshot take() {
        Set<String> found = new TreeSet<>();
        addProcesses(found);
        directories.forEach(directory -> addFiles(directory, found));
        store.ifPresent(open -> addRows(open, found));
        more.forEach((kind, things) -> things.get().forEach(thing -> found.add(kind + " " + thing)));
        return new Snapshot(found);
    }

    private void addProcesses(Set<String> found) {
        List<HostProcesses.Found> ours = HostProcesses.all().stream()
                .filter(process -> process.uses(directories))
                .toList();
        ours.forEach(process -> found.add("process " + process.pid() + " " + process.command()));
        HostProcesses.listening()
                .forEach((port, sockets) -> ours.stream()
                        .filter(process -> sockets.stream().anyMatch(process.touches()::contains))
                        .forEach(process -> found.add("port " + port + " of process " + process.pid())));
    }

    private void addFiles(Path directory, Set<String> found) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) {
                    if (isIgnored(entered)) {
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    if (!entered.equals(directory)) {
                        found.add("directory " + entered);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (!isIgnored(file)) {
                        found.add("file " + file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isIgnored(Path file) {
        return String.valueOf(file.getFileName()).startsWith(DATABASE)
                || ignored.stream().anyMatch(ignoring -> ignoring.test(file));
    }

    private static void addRows(StateStore store, Set<String> found) {
        store.read(view -> {
            for (VmRecord vm : view.vms(Optional.empty())) {
                found.add("vm " + vm.id() + " '" + vm.name() + "' with cid " + vm.cid());
                view.lanes(vm.id())
                        .forEach(lane ->
                                found.add("lane " + lane.lane() + " of vm " + vm.id() + " held by " + lane.instance()));
            }
            view.openOperations()
                    .forEach(operation -> found.add("operation " + operation.id() + " " + operation.kind()));
            view.instances().forEach(instance -> found.add("engine " + instance));
            return true;
        });
    }
}
