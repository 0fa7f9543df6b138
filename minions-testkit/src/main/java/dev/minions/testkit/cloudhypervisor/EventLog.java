package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Where events are reported to: each a JSON object over several lines, and then an empty line. */
final class EventLog {
    private static final long NANOS = 1_000_000_000L;

    private final OutputStream output;
    private final long began = System.nanoTime();

    EventLog(OutputStream output) {
        this.output = output;
    }

    void report(String source, String event) {
        write(source, event, "null");
    }

    void report(String source, String event, String name, String value) {
        write(source, event, "{\n    \"" + name + "\": \"" + value + "\"\n  }");
    }

    void report(String source, String event, String name, String value, String second, String other) {
        write(
                source,
                event,
                "{\n    \"" + name + "\": \"" + value + "\",\n    \"" + second + "\": \"" + other + "\"\n  }");
    }

    /** What cannot be written is lost, as with the true program. */
    private synchronized void write(String source, String event, String properties) {
        long time = System.nanoTime() - began;
        String text = "{\n  \"timestamp\": {\n    \"secs\": " + time / NANOS + ",\n    \"nanos\": " + time % NANOS
                + "\n  },\n  \"source\": \"" + source + "\",\n  \"event\": \"" + event + "\",\n  \"properties\": "
                + properties + "\n}";
        try {
            output.write(text.getBytes(StandardCharsets.UTF_8));
            output.write("\n\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return;
        }
    }
}
