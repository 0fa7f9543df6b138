package dev.minions.testkit.cloudhypervisor;

import dev.minions.VmId;
import dev.minions.agent.protocol.Protocol;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A program that behaves as {@code cloud-hypervisor} does and runs no machine: a real process with a real API socket, a
 * serial port and a vsock bridge with an agent behind it. It has the states, the error messages and the limits of the
 * true one, and holds every request to a schema of its own: an unknown field is an error.
 *
 * {@snippet :
 * Path program = FakeCloudHypervisor.of(Release.V53)
 *         .with("vm.boot", ApiFault.stall())
 *         .installIn(directory);
 * }
 *
 * <p>What its guest does, the words of the kernel's command line say:
 * <table>
 * <caption>Words</caption>
 * <tr><td>{@code guest.boot-millis=N}</td><td>how long its drivers take; 20 unless said</td></tr>
 * <tr><td>{@code guest.agent-millis=N}</td><td>how long its agent takes after that; 5 unless said</td></tr>
 * <tr><td>{@code guest.silent}</td><td>its agent calls nobody</td></tr>
 * <tr><td>{@code guest.agentless}</td><td>nobody listens in it: connections are closed without a word</td></tr>
 * <tr><td>{@code guest.driverless}</td><td>it has no vsock: connections are never answered</td></tr>
 * <tr><td>{@code guest.ignores-button}</td><td>its power button does nothing</td></tr>
 * <tr><td>{@code guest.keeps-devices}</td><td>it never lets go of a removed device</td></tr>
 * <tr><td>{@code guest.panics}, {@code guest.powers-off}, {@code guest.reboots-once}</td><td>at once</td></tr>
 * </table>
 * Its agent knows the commands {@code poweroff}, {@code reboot} and {@code panic} besides those of
 * {@link dev.minions.testkit.fake.ScriptedAgent}.
 *
 * <p>Immutable; each method gives a changed copy.
 */
public final class FakeCloudHypervisor {
    /** Which release it pretends to be. */
    public enum Release {
        /** The first that Minions takes is v51.2. */
        V51("v51.2"),
        /** v52.0. */
        V52("v52.0"),
        /** v53.0. */
        V53("v53.0");

        private final String version;

        Release(String version) {
            this.version = version;
        }

        int major() {
            return Integer.parseInt(version.substring(1, version.indexOf('.')));
        }

        /** The status for a VM that is not there. */
        int missing() {
            return this == V53 ? 404 : 500;
        }

        boolean omitsNulls() {
            return this == V53;
        }

        boolean keepsConsole() {
            return this == V53;
        }

        boolean takesOverSockets() {
            return this == V53;
        }
    }

    private static final int NO_LANDLOCK = 0;

    private final Release release;
    private final String version;
    private final Schema.Strictness strictness;
    private final int landlock;
    private final String faults;

    private FakeCloudHypervisor(
            Release release, String version, Schema.Strictness strictness, int landlock, String faults) {
        this.release = release;
        this.version = version;
        this.strictness = strictness;
        this.landlock = landlock;
        this.faults = faults;
    }

    /** One of that release, with which nothing goes wrong, on a host without Landlock. */
    public static FakeCloudHypervisor of(Release release) {
        return new FakeCloudHypervisor(release, release.version, Schema.Strictness.STRICT, NO_LANDLOCK, "");
    }

    /** The same, calling itself that, for example {@code v40.0}. */
    public FakeCloudHypervisor calling(String itself) {
        return new FakeCloudHypervisor(release, itself, strictness, landlock, faults);
    }

    /** The same on a host with that version of Landlock. */
    public FakeCloudHypervisor withLandlock(int newest) {
        return new FakeCloudHypervisor(release, version, strictness, newest, faults);
    }

    /** The same, and requests to that endpoint, for example {@code vm.boot}, go wrong. The first fault that fits counts. */
    public FakeCloudHypervisor with(String endpoint, ApiFault fault) {
        FaultPlan plan = FaultPlan.parse(faults);
        plan.add(endpoint, fault);
        return new FakeCloudHypervisor(release, version, strictness, landlock, plan.text());
    }

    /** The same, passing over fields it does not know, as the true one does. */
    public FakeCloudHypervisor lenient() {
        return new FakeCloudHypervisor(release, version, Schema.Strictness.LENIENT, landlock, faults);
    }

    /** What it calls itself. */
    public String version() {
        return version;
    }

    /**
     * Makes the program.
     *
     * @param directory where; must be open to whoever runs it
     * @return the program, which any user may run
     */
    public Path installIn(Path directory) {
        var options = new Options();
        options.set("release", release);
        options.set("version", version);
        options.set("strictness", strictness);
        options.set("landlock", landlock);
        options.set("faults", faults);
        Path program = directory.resolve("cloud-hypervisor");
        Path settings = directory.resolve("cloud-hypervisor.options");
        try {
            options.write(settings);
            Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rw-r--r--"));
            Files.writeString(program, script(settings));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String script(Path settings) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return "#!/bin/sh\nexec '" + java + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx48m"
                + " -XX:-UsePerfData -cp '" + SharedClasses.PATH + "' " + FakeProgram.class.getName() + " '"
                + settings + "' \"$@\"\n";
    }

    /** The classes of the process, where any user can read them: those of a build may lie in somebody's home. */
    private static final class SharedClasses {
        static final String PATH = copy();

        private SharedClasses() {}

        private static String copy() {
            try {
                Path directory = Files.createTempDirectory(
                        "fake-ch", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
                directory.toFile().deleteOnExit();
                Set<Path> sources = new LinkedHashSet<>();
                for (Class<?> type : List.of(FakeProgram.class, Protocol.class, VmId.class, tools())) {
                    sources.add(source(type));
                }
                List<String> copies = new ArrayList<>();
                for (Path source : sources) {
                    Path copy = directory.resolve(copies.size() + ".jar");
                    copy.toFile().deleteOnExit();
                    copy(source, copy);
                    copies.add(copy.toString());
                }
                return String.join(File.pathSeparator, copies);
            } catch (IOException | ClassNotFoundException e) {
                throw new IllegalStateException("copy the fake's classes", e);
            }
        }

        /** What the agent's protocol reads JSON with; named, as this module has no other use for it. */
        private static Class<?> tools() throws ClassNotFoundException {
            return Class.forName("tools.jackson.core.json.JsonFactory");
        }

        private static Path source(Class<?> type) {
            try {
                return Path.of(Objects.requireNonNull(type.getProtectionDomain().getCodeSource(), type.getName())
                        .getLocation()
                        .toURI());
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void copy(Path source, Path target) throws IOException {
            if (Files.isRegularFile(source)) {
                Files.copy(source, target);
            } else {
                pack(source, target);
            }
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
        }

        private static void pack(Path source, Path target) throws IOException {
            try (var jar = new JarOutputStream(Files.newOutputStream(target));
                    Stream<Path> files = Files.walk(source)) {
                jar.setLevel(java.util.zip.Deflater.NO_COMPRESSION);
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    jar.putNextEntry(new JarEntry(source.relativize(file).toString()));
                    Files.copy(file, jar);
                    jar.closeEntry();
                }
            }
        }
    }
}
