package dev.minions.agent.client;

import dev.minions.agent.client.AgentException.Reason;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Connections over the JDK's Unix sockets. */
public final class UnixSockets {
    private UnixSockets() {}

    /**
     * Connects.
     *
     * @param socket where it listens; 107 bytes of path are the most
     * @param limit how long it may take: a listener whose queue is full lets a caller wait
     */
    public static GuestConnection connect(Path socket, Duration limit) throws IOException, InterruptedException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        CompletableFuture<Boolean> connected = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("minions-connect").start(() -> {
            try {
                connected.complete(channel.connect(UnixDomainSocketAddress.of(socket)));
            } catch (IOException e) {
                connected.completeExceptionally(e);
            }
        });
        boolean ok = false;
        try {
            ok = connected.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return over(channel);
        } catch (TimeoutException e) {
            throw new AgentException(
                    Reason.TIMED_OUT,
                    "socket '" + socket + "' took no connection within " + limit.toMillis() + " ms",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new AgentException(Reason.LOST, "connect to '" + socket + "': " + cause.getMessage(), cause);
        } finally {
            if (!ok) {
                channel.close();
            }
        }
    }

    /**
     * A channel that is connected, as a connection. One thread may read and one write, neither of them ever
     * interrupted: that would close the channel.
     */
    public static GuestConnection over(SocketChannel channel) {
        return new Connection(channel);
    }

    private record Connection(SocketChannel channel, InputStream input, OutputStream output)
            implements GuestConnection {
        Connection(SocketChannel channel) {
            this(channel, new Input(channel), new Output(channel));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Input extends InputStream {
        private final SocketChannel channel;

        Input(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(target, offset, length));
        }
    }

    private static final class Output extends OutputStream {
        private final SocketChannel channel;

        Output(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(data, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}
