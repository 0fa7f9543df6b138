package dev.minions.hypervisor.ch;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a VMM answered.
 *
 * @param status the HTTP status
 * @param body the body; empty if there was none
 */
record Answer(int status, String body) {
    private static final int BUSY = 503;
    private static final int LAST_SUCCESS = 299;

    /** Begins every chain, and says nothing. */
    private static final String PREAMBLE = "Error from API";

    boolean isSuccess() {
        return status <= LAST_SUCCESS;
    }

    /** Whether there were too many connections. */
    boolean isBusy() {
        return status == BUSY;
    }

    /** The body, which is JSON in every success that has one. */
    JsonNode json() {
        return Json.read(body);
    }

    /**
     * Why not, from the outermost message to the root cause, in one line. Most releases answer nearly every failure with
     * status 500, so this is all there is to go by.
     */
    String reason() {
        try {
            JsonNode node = Json.read(body);
            List<String> messages = new ArrayList<>();
            if (node.isArray()) {
                node.forEach(message -> messages.add(message.asString("")));
                messages.removeIf(PREAMBLE::equals);
                return String.join(": ", messages);
            }
            return node.path("error").asString(body).replace('\n', ' ');
        } catch (JacksonException e) {
            return body.replace('\n', ' '); // an error of the HTTP library: looks like JSON, and is not
        }
    }

    @Override
    public String toString() {
        String reason = body.isEmpty() ? "" : ": " + reason();
        return status + reason;
    }

    /** Made when it is first needed. */
    static final class Json {
        private static final JsonMapper MAPPER = JsonMapper.builder().build();

        private Json() {}

        static JsonNode read(String text) {
            return MAPPER.readTree(text);
        }

        static String write(JsonNode node) {
            return MAPPER.writeValueAsString(node);
        }
    }
}
