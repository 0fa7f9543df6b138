package dev.minions.agent.client;

import dev.minions.agent.client.AgentException.Reason;
import dev.minions.spi.GuestConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of a vsock that a VMM offers as a Unix socket, as Cloud Hypervisor and Firecracker do:
 * {@code CONNECT <port>}, then one line {@code OK <port>}, then the stream to the guest. Every refusal is a silent end
 * of the connection, and a guest that is not there may never answer.
 */
public final class HybridVsock {
    private static final int LONGEST_LINE = 64;

    private HybridVsock() {}

    /**
     * Shakes hands on a new connection.
     *
     * @param connection to the VMM's socket; closed if the handshake fails
     * @param port the guest's vsock port
     * @param limit how long it may take
     * @return the same connection, now to the guest
     * @throws AgentException {@code LOST} if it was ended, {@code TIMED_OUT}, or {@code PROTOCOL} for another answer
     */
    public static GuestConnection handshake(GuestConnection connection, int port, Duration limit)
            throws IOException, InterruptedException {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("minions-vsock-handshake").start(() -> exchange(connection, port, answer));
        boolean ok = false;
        try {
            String line = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (!line.matches("OK \\d{1,10}")) {
                throw new AgentException(
                        Reason.PROTOCOL, "the VMM answered '" + AgentClient.printable(line) + "' to CONNECT " + port);
            }
            ok = true;
            return connection;
        } catch (TimeoutException e) {
            throw new AgentException(
                    Reason.TIMED_OUT,
                    "nothing answered at vsock port " + port + " within " + limit.toMillis() + " ms",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new AgentException(
                    Reason.LOST, "vsock port " + port + ": " + (cause == null ? e : cause).getMessage(), cause);
        } finally {
            if (!ok) {
                close(connection);
            }
        }
    }

    private static void exchange(GuestConnection connection, int port, CompletableFuture<String> answer) {
        try {
            connection.output().write(("CONNECT " + port + "\n").getBytes(StandardCharsets.US_ASCII));
            connection.output().flush();
            String line = line(connection);
            if (line == null) {
                answer.completeExceptionally(new IOException("the VMM ended the connection; nobody listens there"));
            } else {
                answer.complete(line);
            }
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Byte by byte: what follows the line belongs to the guest. */
    private static @Nullable String line(GuestConnection connection) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = connection.input().read(); b >= 0; b = connection.input().read()) {
            if (b == '\n') {
                return line.toString(StandardCharsets.US_ASCII);
            }
            line.write(b);
            if (line.size() > LONGEST_LINE) {
                throw new IOException("the VMM's answer is longer than " + LONGEST_LINE + " bytes");
            }
        }
        return null;
    }

    private static void close(GuestConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            Thread.currentThread(); // nothing was promised on it, and nobody has it
        }
    }
}
