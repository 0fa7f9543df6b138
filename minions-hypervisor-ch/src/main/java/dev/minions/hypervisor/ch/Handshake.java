package dev.minions.hypervisor.ch;

import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The few bytes by which a connection to a VM's socket becomes one to a port of its guest. */
final class Handshake {
    private static final int LONGEST_ANSWER = 32;

    private Handshake() {}

    /**
     * Connects to a guest's port.
     *
     * @param deadline as a value of {@link System#nanoTime}
     * @return a channel that does not block, at the first byte from the guest
     * @throws IOException if nobody listens there, or nobody answers in time
     */
    static SocketChannel connect(Path socket, int port, long deadline) throws IOException {
        SocketChannel channel = UnixStream.connectChannel(socket, deadline);
        boolean connected = false;
        try (Selector selector = Selector.open()) {
            // Always in one write: some releases do not put a command together. It fits into any socket's buffer.
            channel.write(ByteBuffer.wrap(("CONNECT " + port + "\n").getBytes(StandardCharsets.US_ASCII)));
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            String answer = line(channel, selector, deadline);
            key.cancel();
            selector.selectNow(); // or the channel could not be made to block
            connected = answer.startsWith("OK ");
            if (!connected) {
                throw new SocketException("unexpected answer '" + answer + "'");
            }
            return channel;
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    /** Byte by byte: what follows the line belongs to whoever uses the connection. */
    private static String line(SocketChannel channel, Selector selector, long deadline) throws IOException {
        var line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (line.length() < LONGEST_ANSWER) {
            int count = channel.read(one);
            if (count < 0) {
                throw new SocketException("nobody listens");
            }
            if (count == 0) {
                UnixStream.select(selector, deadline);
                continue;
            }
            char c = (char) one.get(0);
            one.clear();
            if (c == '\n') {
                return line.toString();
            }
            line.append(c);
        }
        throw new SocketException("an answer of more than " + LONGEST_ANSWER + " bytes");
    }
}
