package dev.minions.agent.client;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.Protocol;
import dev.minions.spi.GuestConnection;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A guest that says what a test tells it to, byte by byte, on each connection that is made to its socket. */
final class ScriptedGuest implements AutoCloseable {
    static final Answer.Identity IDENTITY = new Answer.Identity(
            1,
            "evil",
            "0190a5b0-0000-7000-8000-00000000000a",
            "boot",
            Set.of(Protocol.STREAMS, Protocol.FILES, Protocol.IDENTITY, Protocol.SHUTDOWN, Protocol.FREEZE),
            1);

    /** What it does with a connection; whatever it throws ends that connection. */
    @FunctionalInterface
    interface Script {
        void play(Line line) throws IOException, InterruptedException;
    }

    private final ServerSocketChannel server;
    private final Path socket;
    private final Script script;
    private final List<Closeable> open = new CopyOnWriteArrayList<>();

    /** How many connections were made to it. */
    final AtomicInteger connections = new AtomicInteger();

    private ScriptedGuest(ServerSocketChannel server, Path socket, Script script) {
        this.server = server;
        this.socket = socket;
        this.script = script;
    }

    static ScriptedGuest start(Path directory, Script script) throws IOException {
        Path socket = directory.resolve("scripted");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        ScriptedGuest guest = new ScriptedGuest(server, socket, script);
        Thread.ofPlatform().daemon().start(guest::accept);
        return guest;
    }

    /** A guest that says properly who it is, and then plays the script. */
    static ScriptedGuest greeting(Path directory, Script script) throws IOException {
        return start(directory, line -> {
            int id = line.request().integer("id");
            line.write(Answer.encode(id, IDENTITY));
            script.play(line);
        });
    }

    AgentDialer dialer() {
        return limit -> UnixSockets.connect(socket, limit);
    }

    private void accept() {
        try {
            while (true) {
                GuestConnection connection = UnixSockets.over(server.accept());
                connections.incrementAndGet();
                open.add(connection);
                Thread.ofPlatform().daemon().start(() -> play(connection));
            }
        } catch (ClosedChannelException e) {
            return; // closed by the test
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void play(GuestConnection connection) {
        try (connection) {
            script.play(new Line(connection));
        } catch (IOException e) {
            return; // the host has hung up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Closeable connection : open) {
            connection.close();
        }
    }

    /** One connection, from the guest's side. */
    static final class Line {
        private final GuestConnection connection;
        private final DataInputStream input;

        Line(GuestConnection connection) {
            this.connection = connection;
            this.input = new DataInputStream(connection.input());
        }

        /** The host's next frame. */
        Fields request() throws IOException {
            byte[] payload = new byte[input.readInt()];
            input.readFully(payload);
            return Fields.parse(payload);
        }

        /** So many bytes of what the host sends, as text. */
        String text(int length) throws IOException {
            return new String(input.readNBytes(length), StandardCharsets.US_ASCII);
        }

        /** Hands on, both ways, until one of the two ends. */
        void joinTo(GuestConnection other) throws IOException {
            Thread.ofPlatform().daemon().start(() -> {
                try (other) {
                    other.input().transferTo(connection.output());
                } catch (IOException e) {
                    return; // one of the two has ended
                }
            });
            try (other) {
                input.transferTo(other.output());
            }
        }

        /** Any bytes. */
        void write(byte[] bytes) throws IOException {
            connection.output().write(bytes);
        }

        /** A frame that claims a length of its own. */
        void frame(int length, byte[] payload) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(bytes);
            data.writeInt(length);
            data.write(payload);
            write(bytes.toByteArray());
        }

        /** A frame of text. */
        void say(String json) throws IOException {
            byte[] payload = json.getBytes(StandardCharsets.UTF_8);
            frame(payload.length, payload);
        }

        /** Answers the host's next request, whatever it is; {@code ID} stands for its id. */
        void answer(String json) throws IOException {
            say(json.replace("ID", Integer.toString(request().integer("id"))));
        }

        /** Says nothing more and hears out the host until it hangs up. */
        void fallSilent() throws IOException {
            try {
                input.skipNBytes(Long.MAX_VALUE);
            } catch (EOFException e) {
                return;
            }
        }
    }
}
