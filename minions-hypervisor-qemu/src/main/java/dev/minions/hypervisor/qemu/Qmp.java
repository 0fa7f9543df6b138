package dev.minions.hypervisor.qemu;

import dev.minions.spi.process.UnixStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
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

        private final String kind;

        RefusedException(String message) {
            this("", message);
        }

        RefusedException(String kind, String message) {
            super(message);
            this.kind = kind;
        }

        /** Whether there is no device of the name that was given. */
        boolean isNotFound() {
            return kind.equals("DeviceNotFound");
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
        return execute(command, arguments, event -> {}, deadline);
    }

    /** The same, and passes the events on that come before the answer. */
    JsonNode execute(String command, Map<String, ?> arguments, Consumer<JsonNode> events, long deadline)
            throws IOException {
        String id = UUID.randomUUID().toString();
        if (arguments.isEmpty()) {
            send(command, id, deadline);
        } else {
            var request = Map.of("execute", command, "arguments", arguments, "id", id);
            stream.write(Json.MAPPER.writeValueAsString(request) + "\n", deadline);
        }
        while (true) {
            JsonNode answer = parse(stream.readLine(deadline));
            if (answer.has("event")) {
                events.accept(answer);
            }
            if (!id.equals(answer.path("id").asString(""))) {
                continue;
            }
            if (answer.has("error")) {
                JsonNode error = answer.path("error");
                throw new RefusedException(
                        error.path("class").asString(""), error.path("desc").asString("no reason given"));
            }
            return answer.path("return");
        }
    }

    /** Waits for the next event; what else comes is passed over. */
    JsonNode awaitEvent(long deadline) throws IOException {
        while (true) {
            JsonNode said = parse(stream.readLine(deadline));
            if (said.has("event")) {
                return said;
            }
        }
    }

    /** Gives a command without arguments as {@link #execute}, and gives the line that QEMU answered as it is: for what is asked often, without a JSON parser. */
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
