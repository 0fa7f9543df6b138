package dev.minions.spi.process;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection to a Unix socket on which every read and write has a deadline, as a value of {@link System#nanoTime}. A
 * passed deadline is a {@link SocketTimeoutException}, an interrupt a {@link ClosedByInterruptException}.
 */
public final class UnixStream implements Closeable {
    private static final int LONGEST_LINE = 1024 * 1024;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(8192).flip();

    /** Takes over a connected channel. */
    public UnixStream(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
    }

    /** Connects, as {@link #connectChannel}. */
    public static UnixStream connect(Path socket, long deadline) throws IOException {
        return new UnixStream(connectChannel(socket, deadline));
    }

    /**
     * Connects, and gives up where the server's queue stays full until the deadline: a blocking connect would wait in
     * the kernel for ever.
     *
     * @return a channel that does not block
     */
    public static SocketChannel connectChannel(Path socket, long deadline) throws IOException {
        while (true) {
            Optional<SocketChannel> channel = tryConnect(socket);
            if (channel.isPresent()) {
                return channel.get();
            }
            requireTime(deadline, "the queue of '" + socket + "' stays full");
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    /** Empty if the queue is full: of all that can be wrong, that alone leaves the socket there and is not refused. */
    private static Optional<SocketChannel> tryConnect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            connected = channel.connect(UnixDomainSocketAddress.of(socket));
            return connected ? Optional.of(channel) : Optional.empty();
        } catch (ConnectException e) {
            throw e;
        } catch (SocketException e) {
            if (Files.isWritable(socket)) {
                return Optional.empty();
            }
            throw e;
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    /** The next line without its end, or without an end if the stream ends there. */
    public String readLine(long deadline) throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            while (received.hasRemaining()) {
                byte b = received.get();
                if (b == '\n') {
                    return line.toString(StandardCharsets.UTF_8).strip();
                }
                line.write(b);
            }
            if (line.size() > LONGEST_LINE) {
                throw new SocketException("a line of more than " + LONGEST_LINE + " bytes");
            }
            fill(deadline);
        }
    }

    /** The next bytes, so many. */
    public byte[] readBytes(int count, long deadline) throws IOException {
        byte[] bytes = new byte[count];
        int there = 0;
        while (there < count) {
            if (!received.hasRemaining()) {
                fill(deadline);
            }
            int piece = Math.min(count - there, received.remaining());
            received.get(bytes, there, piece);
            there += piece;
        }
        return bytes;
    }

    /** Sends text as UTF-8. */
    public void write(String text, long deadline) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private void fill(long deadline) throws IOException {
        received.clear();
        try {
            while (true) {
                int count = channel.read(received);
                if (count < 0) {
                    throw new SocketException("the other side closed the connection");
                }
                if (count > 0) {
                    return;
                }
                await(SelectionKey.OP_READ, deadline);
            }
        } finally {
            received.flip();
        }
    }

    private void await(int operation, long deadline) throws IOException {
        channel.register(selector, operation);
        select(selector, deadline);
    }

    /** Waits until a channel of the selector is ready. */
    public static void select(Selector selector, long deadline) throws IOException {
        long left = deadline - System.nanoTime();
        requireTime(deadline, "no answer");
        try {
            selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw new SocketException("closed");
        }
    }

    /** Fails if the deadline has passed or the thread was interrupted. */
    public static void requireTime(long deadline, String fact) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
        if (System.nanoTime() - deadline >= 0) {
            throw new SocketTimeoutException(fact);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
