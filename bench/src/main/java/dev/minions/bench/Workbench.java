package dev.minions.bench;

import dev.minions.ImageBuild;
import dev.minions.ImageImport;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.ProgressListener;
import dev.minions.core.BackendCatalog;
import dev.minions.core.LocalMinions;
import dev.minions.core.NoNetwork;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What benchmarks work with: a directory for what they make, the distribution, and VMs. What costs time is made when it
 * is first asked for. One thread; closing removes everything but the image.
 */
final class Workbench implements AutoCloseable {
    /** The image that VMs are made of. */
    static final String IMAGE = "debian";

    private final Path scratch;
    private final Path dataDirectory;
    private @Nullable Minions minions;
    private @Nullable Guest guest;

    private Workbench(Path scratch, Path dataDirectory) {
        this.scratch = scratch;
        this.dataDirectory = dataDirectory;
    }

    /**
     * Makes one in the build's directory.
     *
     * @param dataDirectory where the image is; one that is kept beside it if empty
     */
    static Workbench open(Optional<Path> dataDirectory) throws IOException {
        Path directory = Path.of(property("minions.bench.directory"));
        Path scratch = Files.createTempDirectory(directory, "run-");
        // The machines of Minions run as users of their own, and must get to their files.
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Workbench(
                scratch, dataDirectory.orElse(directory.resolve("data")).toAbsolutePath());
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("start this with bench/run, which sets -D" + name);
        }
        return value;
    }

    /** A new directory, which is removed with this. */
    Path newDirectory(String name) throws IOException {
        return Files.createDirectory(scratch.resolve(name));
    }

    /** The command as it is installed. */
    Path command() {
        return Path.of(property("minions.home"), "bin", "minions");
    }

    /** The class file of {@link Hello} in a directory of its own, to be a class path. */
    Path helloClassPath() throws IOException {
        Path root = scratch.resolve("hello");
        Path file = root.resolve("dev/minions/bench/Hello.class");
        if (!Files.exists(file)) {
            Files.createDirectories(file.getParent());
            Files.write(file, helloClass());
        }
        return root;
    }

    /** The class file of {@link Hello}. */
    static byte[] helloClass() throws IOException {
        try (var content = Hello.class.getResourceAsStream("Hello.class")) {
            if (content == null) {
                throw new IOException("there is no Hello.class");
            }
            return content.readAllBytes();
        }
    }

    /**
     * Minions with the image {@link #IMAGE}, which is made if it is not there; with its default backends, or with the
     * hypervisor that a property names and no network.
     */
    Minions minions() {
        if (minions == null) {
            LocalMinions.Builder builder = LocalMinions.builder().dataDirectory(dataDirectory);
            String hypervisor = System.getProperty("minions.bench.hypervisor");
            if (hypervisor != null) {
                builder.hypervisor(BackendCatalog.installed().hypervisor(hypervisor, Map.of()))
                        .network(NoNetwork.factory());
            }
            minions = builder.build();
            requireImage(minions);
        }
        return minions;
    }

    /** Takes a guest in that lies there in its parts, where there is nothing to build one with. */
    private static void importImage(Minions opened, Path guest) {
        try {
            opened.images()
                    .importDisk(
                            ImageImport.of(IMAGE, guest.resolve("disk"))
                                    .kernel(guest.resolve("kernel"))
                                    .initrd(guest.resolve("initrd"))
                                    .kernelArguments(Files.readString(guest.resolve("arguments"))
                                            .strip()),
                            ProgressListener.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireImage(Minions opened) {
        try {
            opened.images().get(ImageRef.of(IMAGE));
        } catch (MinionsException e) {
            if (e.code() != ErrorCode.IMAGE_NOT_FOUND) {
                throw e;
            }
            String guest = System.getProperty("minions.bench.guest");
            if (guest != null) {
                importImage(opened, Path.of(guest));
                return;
            }
            Main.say("building the image '" + IMAGE + "' in '" + dataDirectory + "', once; this takes minutes");
            opened.images().build(ImageBuild.of(IMAGE), progress -> {});
        }
    }

    /** A running VM, shared by the benchmarks that need nothing but one. */
    Guest guest() throws IOException, InterruptedException {
        if (guest == null) {
            guest = Guest.launch(minions(), newDirectory("guest"));
        }
        return guest;
    }

    @Override
    public void close() {
        Guest launched = guest;
        Minions opened = minions;
        Cleanup.all(
                () -> {
                    if (launched != null) {
                        launched.close();
                    }
                },
                () -> {
                    if (opened != null) {
                        opened.close();
                    }
                },
                () -> Cleanup.delete(scratch));
    }
}
