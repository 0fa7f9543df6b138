package dev.minions.bench;

import dev.minions.VmInfo;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.UnixSockets;
import dev.minions.agent.protocol.Sync;
import dev.minions.spi.GuestChannel.Framing;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A machine like one of Minions', started by a shell script that makes the disk, starts passt if the machine has a card,
 * and becomes QEMU: see {@link BareScript}. A dozen lines here wait for the agent's call. No database, no journal, no
 * privileges dropped, no rules, no names, nothing undone.
 */
final class BareMachine {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int BUFFER = 4096;
    private static final String READY = "\"ready\"";

    private final BareScript script;
    private final Path scratch;

    private BareMachine(BareScript script, Path scratch) {
        this.script = script;
        this.scratch = scratch;
    }

    /**
     * A machine like a VM that runs.
     *
     * @param scratch a directory for what it makes
     */
    static BareMachine like(VmInfo running, Path scratch) throws IOException, NotPossibleException {
        return new BareMachine(BareScript.like(running), scratch);
    }

    /** A path of a VM that runs. */
    static Path path(VmInfo info, String name) throws IOException {
        Path path = info.paths().get(name);
        if (path == null) {
            throw new IOException("vm " + info.name() + " has no path '" + name + "', only " + info.paths());
        }
        return path;
    }

    /** Boots it until its agent has called, and then ends it. */
    BootTimes boot() throws IOException, InterruptedException {
        Path directory = makeDirectory();
        Instant called = Instant.now();
        Process process = execute(directory);
        try {
            awaitReady(process, directory);
            Instant ready = Instant.now();
            return BootTimes.between(called, directory.resolve(BareScript.MARK), ready, ready, ready);
        } finally {
            end(process, directory);
        }
    }

    /** Boots it until its agent answers. */
    BareVm start() throws IOException, InterruptedException {
        Path directory = makeDirectory();
        Process process = execute(directory);
        boolean started = false;
        try {
            connect(process, directory, new Stopwatch()).close();
            AgentClient agent = AgentClient.attach(
                    Framing.STREAM,
                    limit -> UnixSockets.connect(relative(directory.resolve(BareScript.LANE)), limit),
                    Optional.empty(),
                    LIMIT);
            started = true;
            return new Started(process, agent, directory);
        } finally {
            if (!started) {
                end(process, directory);
            }
        }
    }

    private record Started(Process process, AgentClient agent, Path directory) implements BareVm {
        @Override
        public void close() {
            Cleanup.all(agent::close, () -> end(process, directory));
        }
    }

    private Path makeDirectory() throws IOException {
        Path directory = Files.createDirectory(scratch.resolve("bare"));
        // passt gives up root before it makes its socket.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(directory.resolve(BareScript.INPUT), "{\"execute\":\"qmp_capabilities\"}\n");
        Files.writeString(directory.resolve("boot.sh"), script.text());
        return directory;
    }

    private static Process execute(Path directory) throws IOException {
        return new ProcessBuilder("sh", directory.resolve("boot.sh").toString())
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    private static void end(Process process, Path directory) {
        Cleanup.all(
                () -> process.destroyForcibly().waitFor(),
                () -> BareScript.endPasst(directory),
                () -> Cleanup.delete(directory));
    }

    private static void awaitReady(Process process, Path directory) throws IOException, InterruptedException {
        Stopwatch waiting = new Stopwatch();
        try (SocketChannel channel = connect(process, directory, waiting)) {
            channel.write(ByteBuffer.wrap(
                    Sync.fresh(Sync.Kind.HOST, new SecureRandom()).encode()));
            StringBuilder said = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (said.indexOf(READY) < 0) {
                if (channel.read(buffer.clear()) < 0) {
                    throw new IOException("the bare machine ended" + log(directory));
                }
                said.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            }
        }
    }

    private static SocketChannel connect(Process process, Path directory, Stopwatch waiting)
            throws IOException, InterruptedException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(relative(directory.resolve(BareScript.LANE)));
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(address);
                return channel;
            } catch (IOException e) {
                channel.close();
                if (!process.isAlive() || waiting.millis() > Stopwatch.millis(LIMIT)) {
                    throw new IOException("the bare machine did not start: " + e.getMessage() + log(directory), e);
                }
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS); // a script says nothing when it has come so far
        }
    }

    /** A socket's path has at most 107 bytes; seen from where this program runs it may have fewer. */
    private static Path relative(Path path) {
        Path here = Path.of("").toAbsolutePath().relativize(path);
        return here.toString().length() < path.toString().length() ? here : path;
    }

    private static String log(Path directory) throws IOException {
        return ": " + Files.readString(directory.resolve("log")).strip();
    }
}
