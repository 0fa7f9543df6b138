package dev.minions.testkit.cloudhypervisor;

import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bridge between a Unix socket of the host and the guest's vsock. Silent in every failure: a connection that nobody
 * takes is closed, and one that the guest's driver does not answer stays open without a word.
 */
final class HybridVsock implements AutoCloseable {
    /** Who serves a connection that the guest takes. */
    @FunctionalInterface
    interface Listener {
        void serve(GuestConnection connection) throws IOException;
    }

    private static final int LONGEST_COMMAND = 32;
    private static final long FIRST_PORT = 1L << 30;

    private final Path path;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Long, Listener> listeners = new ConcurrentHashMap<>();
    private final AtomicLong nextPort = new AtomicLong(FIRST_PORT);
    private boolean answering;
    private boolean closed;

    private HybridVsock(Path path, ServerSocketChannel server) {
        this.path = path;
        this.server = server;
    }

    static HybridVsock listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        var vsock = new HybridVsock(path, server);
        Thread.ofPlatform().daemon().name("vsock").start(vsock::accept);
        return vsock;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                open.add(client);
                Thread.ofPlatform().daemon().name("vsock-connection").start(() -> serve(client));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            String command = command(client);
            awaitAnswering();
            Listener listener = listeners.get(port(command));
            if (listener == null) {
                return;
            }
            write(client, "OK " + nextPort.getAndIncrement() + "\n");
            listener.serve(GuestConnection.over(client));
        } catch (IOException | NumberFormatException e) {
            return; // closed without a word
        } finally {
            open.remove(client);
        }
    }

    private static String command(SocketChannel client) throws IOException {
        var text = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (text.length() < LONGEST_COMMAND && client.read(one) > 0) {
            char c = (char) one.get(0);
            one.clear();
            if (c == '\n') {
                return text.toString();
            }
            text.append(c);
        }
        throw new IOException("no command");
    }

    private static long port(String command) throws IOException {
        if (!command.toUpperCase(Locale.ROOT).startsWith("CONNECT ")) {
            throw new IOException("no command");
        }
        return Long.parseLong(command.substring("CONNECT ".length()));
    }

    private synchronized void awaitAnswering() throws IOException {
        try {
            while (!answering && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closed) {
            throw new IOException("the machine has gone");
        }
    }

    /** Whether the guest's driver is up and its CPUs run: then all that waited is answered at once. */
    synchronized void answer(boolean yes) {
        answering = yes;
        notifyAll();
    }

    void listen(long port, Listener listener) {
        listeners.put(port, listener);
    }

    /** The guest's programs have gone. */
    void reset() throws IOException {
        answer(false);
        listeners.clear();
        for (SocketChannel client : open) {
            client.close();
        }
    }

    /** The guest connects to a port of the host. Nobody there is no failure to us: the guest sees a reset. */
    void dial(long port, String text) {
        try (SocketChannel host = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            host.connect(UnixDomainSocketAddress.of(path + "_" + port));
            write(host, text);
        } catch (IOException e) {
            return;
        }
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        server.close();
        Files.deleteIfExists(path);
        reset();
    }
}
