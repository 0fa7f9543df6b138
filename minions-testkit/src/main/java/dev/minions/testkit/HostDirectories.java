package dev.minions.testkit;

import dev.minions.VmId;
import dev.minions.spi.BackendContext;
import dev.minions.spi.VmPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A data directory and a socket directory for one test. Their paths are short, as a socket's must be, and open to other
 * users, as a VMM may run as one.
 */
final class HostDirectories implements AutoCloseable {
    private final Path root;
    private final BackendContext context;
    private final AtomicLong lastCid = new AtomicLong(2);

    HostDirectories() {
        try {
            root = Files.createTempDirectory(
                    "mk", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            context = new BackendContext(
                    "0123456789ab",
                    Files.createDirectory(root.resolve("data")),
                    Files.createDirectory(root.resolve("run")));
            Files.createDirectory(context.dataDirectory().resolve("vms"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path root() {
        return root;
    }

    BackendContext context() {
        return context;
    }

    /** The place of a new VM, as the engine makes it: records is there, run is not. */
    VmPlace newPlace() {
        VmId vm = VmId.random();
        try {
            return new VmPlace(
                    vm,
                    lastCid.incrementAndGet(),
                    Files.createDirectory(context.dataDirectory().resolve("vms").resolve(vm.toString())),
                    context.socketDirectory().resolve(vm.shortForm()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file below a directory, as paths relative to it; empty if it is not there. */
    static List<String> files(Path directory) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> !path.equals(directory))
                    .map(path -> directory.relativize(path).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
