package dev.minions.bench;

import dev.minions.EphemeralVm;
import dev.minions.ExecResult;
import dev.minions.Minions;
import dev.minions.PortForward;
import dev.minions.SshPublicKey;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmSpec;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.UnixSockets;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A running VM that can be reached in three ways: by Minions, by its agent's channel alone, and by SSH. */
final class Guest implements AutoCloseable {
    /** Minions takes the lowest free lane, and nobody else uses this VM; so the last one is free. */
    private static final String LANE = "agent-7";

    private static final Duration ATTACH_LIMIT = Duration.ofSeconds(30);
    private static final int SSH_PORT = 22;

    private final EphemeralVm vm;
    private final Path key;
    private final int port;
    private @Nullable AgentClient channel;

    private Guest(EphemeralVm vm, Path key, int port) {
        this.vm = vm;
        this.key = key;
        this.port = port;
    }

    /**
     * Launches one.
     *
     * @param directory where its SSH key is made
     */
    static Guest launch(Minions minions, Path directory) throws IOException, InterruptedException {
        Path key = directory.resolve("key");
        Programs.run(directory, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", key.toString());
        String publicKey = Files.readString(directory.resolve("key.pub"));
        int port = freePort();
        VmSpec spec = VmSpec.builder("bench-" + ProcessHandle.current().pid(), Workbench.IMAGE)
                .sshKey(SshPublicKey.of(publicKey))
                .publish(PortForward.of(port, SSH_PORT))
                .build();
        return new Guest(minions.launch(spec), key, port);
    }

    /** Nobody had it a moment ago. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Vm vm() {
        return vm;
    }

    /** The agent, reached through a socket of the VMM's with nothing of Minions but the client of the protocol. */
    AgentClient channel() throws IOException, InterruptedException {
        if (channel == null) {
            VmInfo info = vm.info();
            Path socket = info.paths().get(LANE);
            if (socket == null) {
                throw new IOException("vm " + info.name() + " has no path '" + LANE + "', only " + info.paths());
            }
            channel = AgentClient.attach(
                    Framing.STREAM, limit -> UnixSockets.connect(socket, limit), Optional.of(info.id()), ATTACH_LIMIT);
        }
        return channel;
    }

    /** Runs a command by a fresh {@code ssh}, which trusts whoever answers; returns the milliseconds it took. */
    double ssh(String command) throws IOException, InterruptedException {
        List<String> argv = List.of(
                "ssh",
                "-F",
                "/dev/null",
                "-i",
                key.toString(),
                "-p",
                Integer.toString(port),
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "ConnectTimeout=10",
                "-o",
                "LogLevel=ERROR",
                "root@127.0.0.1",
                command);
        return Programs.time(argv, Map.of());
    }

    /** The result of a command that must succeed. */
    static ExecResult require(ExecResult result) throws IOException {
        if (!result.succeeded()) {
            throw new IOException("in the guest: " + result + ": " + result.stderr());
        }
        return result;
    }

    @Override
    public void close() {
        AgentClient attached = channel;
        Cleanup.all(
                () -> {
                    if (attached != null) {
                        attached.close();
                    }
                },
                vm::close);
    }
}
