package dev.minions.testkit.cloudhypervisor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Requests from a connection, with the narrow limits of the true server. */
final class RequestReader {
    private static final int LONGEST_LINE = 1024;
    private static final int LARGEST_BODY = 51_200;

    /**
     * A request.
     *
     * @param method for example {@code PUT}
     * @param path for example {@code /api/v1/vm.boot}
     * @param body its body; empty if it has none
     * @param fault what is wrong with it
     */
    record Request(String method, String path, String body, Optional<String> fault) {}

    private final SocketChannel client;
    private final ByteBuffer received = ByteBuffer.allocate(8192).flip();

    RequestReader(SocketChannel client) {
        this.client = client;
    }

    /** Empty at the end. */
    Optional<Request> next() throws IOException {
        String line = line();
        if (line.isEmpty()) {
            return Optional.empty();
        }
        String[] words = line.split(" ", -1);
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
        }
        if (length > LARGEST_BODY) {
            bytes(length);
            return refused(
                    words,
                    "Request payload with size " + length + " is larger than the limit of " + LARGEST_BODY
                            + " allowed by server.");
        }
        String body = new String(bytes(length), StandardCharsets.UTF_8);
        return words[0].equals("GET") || words[0].equals("PUT")
                ? Optional.of(new Request(words[0], words[1], body, Optional.empty()))
                : refused(words, "Invalid HTTP Method: Unsupported HTTP method.");
    }

    private static Optional<Request> refused(String[] words, String fault) {
        return Optional.of(new Request(words[0], words[1], "", Optional.of(fault)));
    }

    /** Without its end; empty at the end of the stream, too. */
    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            int b = read();
            if (b < 0 || b == '\n') {
                return line.toString(StandardCharsets.UTF_8).strip();
            }
            line.write(b);
            if (line.size() > LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
            }
        }
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            int b = read();
            if (b < 0) {
                throw new IOException("the body ends early");
            }
            bytes[i] = (byte) b;
        }
        return bytes;
    }

    private int read() throws IOException {
        if (!received.hasRemaining()) {
            received.clear();
            int count = client.read(received);
            received.flip();
            if (count <= 0) {
                return -1;
            }
        }
        return received.get() & 0xFF;
    }
}
