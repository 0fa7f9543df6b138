package dev.minions.testkit.cloudhypervisor;

import java.io.ByteArrayOutputStream;
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
import java.util.function.Consumer;

/**
 * The guest's serial port as a socket: one client, cut off by the next. What is written while there is none is kept for
 * the next from release 53 on, and lost before.
 */
final class SerialPort implements AutoCloseable {
    private static final int RING = 1024 * 1024;

    private final Path path;
    private final ServerSocketChannel server;
    private final boolean keeps;
    private final Consumer<String> input;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private Optional<SocketChannel> client = Optional.empty();

    private SerialPort(Path path, ServerSocketChannel server, boolean keeps, Consumer<String> input) {
        this.path = path;
        this.server = server;
        this.keeps = keeps;
        this.input = input;
    }

    /**
     * Begins to listen.
     *
     * @param input gets what the client sends
     * @throws IOException if the path is taken
     */
    static SerialPort listen(Path path, boolean keeps, Consumer<String> input) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        var port = new SerialPort(path, server, keeps, input);
        Thread.ofPlatform().daemon().name("serial").start(port::accept);
        return port;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel next = server.accept();
                attach(next);
                Thread.ofPlatform().daemon().name("serial-input").start(() -> read(next));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private synchronized void attach(SocketChannel next) throws IOException {
        if (client.isPresent()) {
            client.get().close();
        }
        client = Optional.of(next);
        byte[] waiting = kept.toByteArray();
        kept.reset();
        send(waiting);
    }

    private void read(SocketChannel from) {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        try {
            while (from.read(buffer) >= 0) {
                input.accept(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
                buffer.clear();
            }
        } catch (IOException e) {
            return; // cut off
        } finally {
            detach(from);
        }
    }

    private synchronized void detach(SocketChannel from) {
        if (client.equals(Optional.of(from))) {
            client = Optional.empty();
        }
    }

    /** The guest writes. */
    synchronized void write(String text) {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    private void send(byte[] bytes) {
        if (client.isEmpty()) {
            if (keeps && kept.size() + bytes.length <= RING) {
                kept.writeBytes(bytes);
            }
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                client.get().write(buffer);
            }
        } catch (IOException e) {
            client = Optional.empty();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
        if (client.isPresent()) {
            client.get().close();
        }
    }
}
