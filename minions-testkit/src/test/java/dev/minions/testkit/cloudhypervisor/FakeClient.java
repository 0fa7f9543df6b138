package dev.minions.testkit.cloudhypervisor;

import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** One connection to a fake, on which a test can say what no proper client would. */
final class FakeClient implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final UnixStream stream;

    /**
     * An answer.
     *
     * @param status the first line
     * @param headers the others, each with a line feed
     * @param body the body
     */
    record Answer(String status, String headers, String body) {}

    FakeClient(Path socket) throws IOException {
        stream = UnixStream.connect(socket, deadline());
    }

    private static long deadline() {
        return System.nanoTime() + LIMIT.toNanos();
    }

    Answer call(String method, String endpoint, String body) throws IOException {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        stream.write(
                method + " /api/v1/" + endpoint + " HTTP/1.1\r\nHost: localhost\r\n"
                        + (length == 0 ? "" : "Content-Length: " + length + "\r\n") + "\r\n" + body,
                deadline());
        return answer();
    }

    Answer answer() throws IOException {
        String status = stream.readLine(deadline());
        var headers = new StringBuilder();
        int length = 0;
        for (String line = stream.readLine(deadline()); !line.isEmpty(); line = stream.readLine(deadline())) {
            headers.append(line).append('\n');
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
                length = Integer.parseInt(line.substring("content-length: ".length()));
            }
        }
        return new Answer(
                status, headers.toString(), new String(stream.readBytes(length, deadline()), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
