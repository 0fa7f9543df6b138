package dev.minions.hypervisor.qemu;

import dev.minions.spi.process.UnixStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One exchange with a QEMU over its machine protocol. Not for several threads, and not to be kept: as long as it is
 * open, its socket serves nobody else.
 */
final class Qmp implements Closeable {
    /** A command that QEMU refused. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    private static final Pattern GREETING = Pattern.compile("\\{\\s*\"QMP\"\\s*:.*");
    private static final Pattern RETURN = Pattern.compile("\\{\\s*\"return\"\\s*:.*");
    private static final Pattern ERROR = Pattern.compile("\\{\\s*\"error\"\\s*:.*");

    private final UnixStream stream;

    Qmp(UnixStream stream) {
        this.stream = stream;
    }

    /**
     * Reads the greeting and leaves the negotiation. Looks at the beginnings of lines only: this is on the way of every
     * start, where the first use of a JSON parser would cost more than all else.
     */
    void begin(long deadline) throws IOException {
        String greeting = stream.readLine(deadline);
        if (!GREETING.matcher(greeting).matches()) {
            throw new IOException("no greeting of QEMU's");
        }
        stream.write("{\"execute\":\"qmp_capabilities\"}\n", deadline);
        while (true) {
            String line = stream.readLine(deadline);
            if (RETURN.matcher(line).matches()) {
                return;
            }
            if (ERROR.matcher(line).matches()) {
                throw new RefusedException("it refused to begin: " + line);
            }
        }
    }

    /**
     * Gives a command and waits for its answer. What comes meanwhile, events and late answers to others, is passed over.
     *
     * @param arguments its arguments by name
     * @return what it returned
     * @throws RefusedException if QEMU answered with an error
     */
    JsonNode execute(String command, Map<String, ?> arguments, long deadline) throws IOException {
        String id = UUID.randomUUID().toString();
        if (arguments.isEmpty()) {
            send(command, id, deadline);
        } else {
            var request = Map.of("execute", command, "arguments", arguments, "id", id);
            stream.write(Json.MAPPER.writeValueAsString(request) + "\n", deadline);
        }
        while (true) {
            JsonNode answer = parse(stream.readLine(deadline));
            if (!id.equals(answer.path("id").asString(""))) {
                continue;
            }
            if (answer.has("error")) {
                throw new RefusedException(answer.path("error").path("desc").asString("no reason given"));
            }
            return answer.path("return");
        }
    }

    /** The same, and gives the line that QEMU answered as it is: for what is asked often, without a JSON parser. */
    String executeForLine(String command, long deadline) throws IOException {
        send(command, "line", deadline);
        while (true) {
            String line = stream.readLine(deadline);
            if (RETURN.matcher(line).matches()) {
                return line;
            }
            if (ERROR.matcher(line).matches()) {
                throw new RefusedException(line);
            }
        }
    }

    private void send(String command, String id, long deadline) throws IOException {
        stream.write("{\"execute\":\"" + command + "\",\"id\":\"" + id + "\"}\n", deadline);
    }

    static JsonNode parse(String line) throws IOException {
        try {
            return Json.MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new IOException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    /** Made when it is first needed. */
    private static final class Json {
        static final JsonMapper MAPPER = JsonMapper.builder().build();
    }
}
