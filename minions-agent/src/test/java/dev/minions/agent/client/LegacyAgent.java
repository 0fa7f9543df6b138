package dev.minions.agent.client;

import dev.minions.agent.protocol.FieldWriter;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.spi.GuestConnection;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An agent as those before ours were: any number of connections; on each, one request after the other, no ids; at a type
 * it does not know, or bad JSON, it closes the connection without a word. It cuts an output at 512 KiB, and where two
 * outputs do not fit a frame it answers nothing. Commands run on this machine.
 */
final class LegacyAgent implements AutoCloseable {
    static final int CUT = 512 * 1024;

    private static final int SIGNAL_BASE = 128;

    private final ServerSocketChannel server;
    private final Path socket;

    /** All requests of kinds it knows, as they came. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** All requests of other kinds. */
    final List<String> unknown = new CopyOnWriteArrayList<>();

    /** The most requests that one connection carried. */
    final AtomicInteger mostOnOneConnection = new AtomicInteger();

    /** How many connections it closes at once before it serves any, as while the guest starts. */
    final AtomicInteger notYet = new AtomicInteger();

    /** Whether it is so old that the last four fields of its status are missing. */
    volatile boolean veryOld;

    /** What it answers instead, if anything. */
    volatile @Nullable String error;

    private LegacyAgent(ServerSocketChannel server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    static LegacyAgent start(Path directory) throws IOException {
        Path socket = directory.resolve("legacy");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        LegacyAgent agent = new LegacyAgent(server, socket);
        Thread.ofPlatform().daemon().start(agent::accept);
        return agent;
    }

    AgentDialer dialer() {
        return limit -> UnixSockets.connect(socket, limit);
    }

    private void accept() {
        try {
            while (true) {
                GuestConnection connection = UnixSockets.over(server.accept());
                if (notYet.getAndDecrement() > 0) {
                    connection.close();
                } else {
                    Thread.ofPlatform().daemon().start(() -> serve(connection));
                }
            }
        } catch (ClosedChannelException e) {
            return; // closed by the test
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void serve(GuestConnection connection) {
        try (connection) {
            DataInputStream input = new DataInputStream(connection.input());
            for (int count = 1; ; count++) {
                byte[] payload = new byte[input.readInt()];
                input.readFully(payload);
                int most = count;
                mostOnOneConnection.updateAndGet(before -> Math.max(before, most));
                connection.output().write(answer(new String(payload, StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            return; // the connection is closed, which is all that one hears of it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] answer(String json) throws IOException, InterruptedException {
        Fields fields = Fields.parse(json.getBytes(StandardCharsets.UTF_8));
        String type = fields.string("type");
        if (!List.of("health_check", "configure_network", "exec", "report_status", "write_file")
                .contains(type)) {
            unknown.add(json);
            throw new ProtocolException("unknown variant");
        }
        requests.add(json);
        FieldWriter out = new FieldWriter();
        if (error != null) {
            return out.string("status", "error").string("message", error).frame();
        }
        out.string("status", "ok");
        switch (type) {
            case "health_check" -> out.number("uptime_secs", 12).string("hostname", "old");
            case "exec" -> exec(fields, out);
            case "report_status" -> status(out);
            case "write_file" -> out.string("message", "wrote " + fields.string("content"));
            default -> out.string("message", fields.string("ip") + fields.string("gateway") + fields.strings("dns"));
        }
        return out.frame();
    }

    private void status(FieldWriter out) {
        out.number("uptime_secs", 12).number("memory_total_mb", 2048).number("memory_used_mb", 512);
        out.number("disk_total_gb", 10).number("disk_used_gb", 3);
        if (!veryOld) {
            out.number("cpu_usage_percent", 12.5).number("load_avg_1m", 0.25);
            out.number("network_rx_bytes", 1000).number("network_tx_bytes", 2000);
        }
    }

    private static void exec(Fields fields, FieldWriter out) throws IOException, InterruptedException {
        List<String> argv = new ArrayList<>(List.of(fields.string("command")));
        argv.addAll(fields.strings("args"));
        Process process = new ProcessBuilder(argv).start();
        CompletableFuture<byte[]> stderr = CompletableFuture.supplyAsync(
                () -> read(process.getErrorStream()),
                task -> Thread.ofPlatform().daemon().start(task));
        byte[] stdout = cut(read(process.getInputStream()));
        int code = process.waitFor();
        out.number("exit_code", code > SIGNAL_BASE ? -1 : code);
        byte[] errors = cut(stderr.join());
        out.utf8("stdout", stdout, stdout.length).utf8("stderr", errors, errors.length);
    }

    private static byte[] cut(byte[] output) {
        return output.length > CUT ? java.util.Arrays.copyOf(output, CUT) : output;
    }

    private static byte[] read(InputStream input) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (input) {
            input.transferTo(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
