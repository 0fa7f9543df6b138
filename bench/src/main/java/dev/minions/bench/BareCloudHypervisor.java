package dev.minions.bench;

import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.HybridVsock;
import dev.minions.agent.client.UnixSockets;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code cloud-hypervisor} with the configuration of one of Minions', as its {@code vm.info} shows it: only the paths
 * and the VM's id are others. Two requests, and the wait for the agent's call. No user, cgroup or limits of its own, no
 * log, no record, nothing undone.
 */
final class BareCloudHypervisor {
    private static final int AGENT_PORT = 1024;
    private static final int CALL_PORT = 1025;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Pattern CONFIG = Pattern.compile("\\{\"config\":(\\{.*\\}),\"state\":.*");
    private static final Pattern LENGTH = Pattern.compile("(?is).*?\r\ncontent-length: *(\\d+)\r\n.*");

    private final Path program;
    private final VmInfo running;
    private final String config;
    private final Optional<Path> base;
    private final Path scratch;

    private BareCloudHypervisor(Path program, VmInfo running, String config, Optional<Path> base, Path scratch) {
        this.program = program;
        this.running = running;
        this.config = config;
        this.base = base;
        this.scratch = scratch;
    }

    static BareCloudHypervisor like(VmInfo running, Path scratch) throws IOException, NotPossibleException {
        String info = ask(BareMachine.path(running, "api"), "GET", "vm.info", "");
        Matcher config = CONFIG.matcher(info);
        if (!config.matches()) {
            throw new IOException("no configuration in: " + info);
        }
        Path program = Files.readSymbolicLink(Path.of("/proc/" + running.pid().orElseThrow() + "/exe"));
        return new BareCloudHypervisor(program, running, config.group(1), base(running), scratch);
    }

    /** What the VM's disk is a layer on. */
    private static Optional<Path> base(VmInfo running) throws IOException {
        Path layer = BareMachine.path(running, "directory").resolve("root.base");
        return Files.exists(layer) ? Optional.of(layer.toRealPath()) : Optional.empty();
    }

    BareVm start() throws IOException, InterruptedException {
        Path directory = Files.createDirectory(scratch.resolve("bare"));
        makeDisk(directory);
        Path socket = directory.resolve("api");
        try (ServerSocketChannel call = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            call.bind(UnixDomainSocketAddress.of(directory.resolve("vsock_" + CALL_PORT)));
            Process process = new ProcessBuilder(program.toString(), "--api-socket", "path=" + socket)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            boolean started = false;
            try {
                ask(awaitSocket(process, socket), "PUT", "vm.create", configIn(directory));
                ask(socket, "PUT", "vm.boot", "");
                awaitCall(call);
                BareVm vm = new Started(process, attach(directory), directory);
                started = true;
                return vm;
            } finally {
                if (!started) {
                    Cleanup.all(() -> process.destroyForcibly().waitFor(), () -> Cleanup.delete(directory));
                }
            }
        }
    }

    private void makeDisk(Path directory) throws IOException, InterruptedException {
        String size = Long.toString(running.disk().bytes());
        Path records = BareMachine.path(running, "directory");
        if (base.isPresent()) {
            Files.createSymbolicLink(directory.resolve("root.base"), base.get());
            Programs.run(
                    directory,
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-F",
                    "raw",
                    "-b",
                    "root.base",
                    "root.qcow2",
                    size);
        } else {
            Programs.run(
                    directory,
                    "cp",
                    "--reflink=auto",
                    "--sparse=always",
                    records.resolve("root.raw").toString(),
                    "root.raw");
        }
    }

    /** The VMM fills in what it was not told; what is null it would not take back. */
    private String configIn(Path directory) throws IOException {
        Path run = BareMachine.path(running, "api").getParent();
        Path records = BareMachine.path(running, "directory");
        return config.replaceAll("\"[a-z_]+\":null,", "")
                .replaceAll(",\"[a-z_]+\":null", "")
                .replace(String.valueOf(run), directory.toString())
                .replace(records.toString(), directory.toString())
                .replace(running.id().toString(), VmId.random().toString());
    }

    static Path awaitSocket(Process process, Path socket) throws IOException, InterruptedException {
        Stopwatch waiting = new Stopwatch();
        while (!Files.exists(socket)) {
            if (!process.isAlive() || waiting.millis() > Stopwatch.millis(BareVm.LIMIT)) {
                throw new IOException("the bare cloud-hypervisor did not start");
            }
            TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
        }
        return socket;
    }

    private static void awaitCall(ServerSocketChannel server) throws IOException, InterruptedException {
        CompletableFuture<Boolean> called = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                server.accept().close();
                called.complete(true);
            } catch (IOException e) {
                called.complete(false);
            }
        });
        if (!called.completeOnTimeout(false, BareVm.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join()) {
            throw new IOException("the bare machine's agent did not call");
        }
    }

    static AgentClient attach(Path directory) throws IOException, InterruptedException {
        return AgentClient.attach(
                Framing.CONNECTIONS,
                limit -> HybridVsock.handshake(
                        UnixSockets.connect(directory.resolve("vsock"), limit), AGENT_PORT, limit),
                Optional.empty(),
                BareVm.LIMIT);
    }

    /** One request on a connection of its own. */
    static String ask(Path socket, String method, String verb, String body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            byte[] content = body.getBytes(StandardCharsets.UTF_8);
            channel.write(ByteBuffer.wrap((method + " /api/v1/" + verb
                            + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: "
                            + content.length + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8)));
            String answer = read(channel);
            if (!answer.startsWith("HTTP/1.1 2")) {
                throw new IOException(verb + " was answered: " + answer);
            }
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        StringBuilder said = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (!isWhole(said)) {
            if (channel.read(buffer.clear()) < 0) {
                break;
            }
            said.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        }
        return said.toString();
    }

    private static boolean isWhole(StringBuilder said) {
        int head = said.indexOf("\r\n\r\n");
        if (head < 0) {
            return false;
        }
        Matcher length = LENGTH.matcher(said.substring(0, head + 2));
        return !length.matches() || said.length() >= head + 4 + Integer.parseInt(length.group(1));
    }

    private record Started(Process process, AgentClient agent, Path directory) implements BareVm {
        @Override
        public void close() {
            Cleanup.all(agent::close, () -> process.destroyForcibly().waitFor(), () -> Cleanup.delete(directory));
        }
    }
}
