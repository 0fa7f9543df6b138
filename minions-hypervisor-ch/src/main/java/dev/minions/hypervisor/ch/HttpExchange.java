package dev.minions.hypervisor.ch;

import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One request over a connection of its own. What the server cannot do is not used: chunks, pipelines, a closed writing
 * side, bodies on actions.
 */
final class HttpExchange {
    private static final String LENGTH = "content-length:";
    private static final String STATUS = "HTTP/1.1 ";
    private static final int STATUS_DIGITS = 3;
    private static final int MOST_HEADERS = 64;
    private static final int LARGEST_BODY = 16 * 1024 * 1024;

    private HttpExchange() {}

    /**
     * Asks.
     *
     * @param body empty for none
     * @param deadline as a value of {@link System#nanoTime}
     */
    static Answer run(Path socket, Verb verb, String body, long deadline) throws IOException {
        try (UnixStream stream = UnixStream.connect(socket, deadline)) {
            stream.write(request(verb, body), deadline);
            return answer(stream, deadline);
        }
    }

    private static String request(Verb verb, String body) {
        String head = verb.method() + " /api/v1/" + verb.endpoint()
                + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n";
        return body.isEmpty()
                ? head + "\r\n"
                : head + "Content-Type: application/json\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    private static Answer answer(UnixStream stream, long deadline) throws IOException {
        int status = status(stream.readLine(deadline));
        int length = 0;
        int headers = 0;
        for (String line = stream.readLine(deadline); !line.isEmpty(); line = stream.readLine(deadline)) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = number(line.substring(LENGTH.length()).strip());
            }
            headers++;
            require(headers <= MOST_HEADERS, "more than " + MOST_HEADERS + " headers");
        }
        require(length <= LARGEST_BODY, "a body of " + length + " bytes");
        return new Answer(status, new String(stream.readBytes(length, deadline), StandardCharsets.UTF_8));
    }

    private static int status(String line) throws IOException {
        require(line.startsWith(STATUS) && line.length() >= STATUS.length() + STATUS_DIGITS, "not HTTP: " + line);
        return number(line.substring(STATUS.length(), STATUS.length() + STATUS_DIGITS));
    }

    private static int number(String text) throws IOException {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new ProtocolException("not a number: '" + text + "'");
        }
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new ProtocolException(otherwise);
        }
    }
}
