package dev.minions.agent.guest;

import dev.minions.agent.client.AgentDialer;
import dev.minions.agent.client.UnixSockets;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The real agent in this JVM, reached over a Unix socket in the place of vsock, or over a {@link FakePort}. Commands run
 * on this machine; files, where a test says so, under a directory.
 */
public final class TestGuest implements AutoCloseable {
    public static final String VM_ID = "0190a5b0-0000-7000-8000-00000000000a";

    private final ServerSocketChannel server;
    private final Path socket;
    private final Services services;

    private TestGuest(ServerSocketChannel server, Path socket, Services services) {
        this.server = server;
        this.socket = socket;
        this.services = services;
    }

    /** An agent whose guest's files are in a directory, which gets what every guest has. */
    public static TestGuest start(Path directory) throws IOException {
        Path root = directory.resolve("root");
        Map<String, String> files = Map.of(
                "proc/cmdline", "root=/dev/vda minions.vm=" + VM_ID + " quiet\n",
                "proc/uptime", "12.34 20.00\n",
                "proc/meminfo", "MemTotal:  2097152 kB\nMemFree: 1 kB\nMemAvailable:    1048576 kB\n",
                "proc/stat", "cpu  10 0 10 80 0 0 0 0 0 0\ncpu0 10 0 10 80 0 0 0 0 0 0\n",
                "proc/loadavg", "0.25 0.20 0.30 1/100 1000\n",
                "proc/sys/kernel/hostname", "guest\n",
                "proc/sys/kernel/random/boot_id", "boot-1\n",
                "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path target = root.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
        Path socket = directory.resolve("s");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        TestGuest guest = new TestGuest(server, socket, new Services(new GuestRoot(root), "test"));
        Threads.start("test-guest", guest::accept);
        return guest;
    }

    private void accept() {
        ConnectionServer connections = new ConnectionServer(services);
        try {
            while (true) {
                GuestConnection connection = UnixSockets.over(server.accept());
                connections.serve(connection.input(), connection.output(), connection);
            }
        } catch (AsynchronousCloseException e) {
            return; // closed by the test
        } catch (ClosedChannelException e) {
            return;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public Path socket() {
        return socket;
    }

    public Path file(String absolute) {
        return socket.resolveSibling("root").resolve(absolute.substring(1));
    }

    public AgentDialer dialer() {
        return limit -> UnixSockets.connect(socket, limit);
    }

    /** Serves a port as well. */
    public FakePort servePort() {
        FakePort port = new FakePort();
        new PortServer("port", port.device(), services).start();
        return port;
    }

    /** The same guest's agent, started anew, on a port that the last one had. */
    public void servePortAnew(FakePort port) {
        new PortServer("port", port.device(), services).start();
    }

    Services services() {
        return services;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
