package dev.minions.testkit.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A program that a {@link ScriptedAgent} can run: code of the test. */
@FunctionalInterface
public interface FakeCommand {
    /**
     * Runs on a thread of its own, which is interrupted when the command is killed.
     *
     * @return its exit code, 0 to 255
     * @throws IOException when a stream breaks, because nobody reads it any more; the command then ends
     * @throws InterruptedException when it was killed
     */
    int run(Call call) throws IOException, InterruptedException;

    /** Prints that and exits with 0. */
    static FakeCommand printing(String text) {
        return call -> {
            call.print(text);
            return 0;
        };
    }

    /** Prints nothing and exits with that. */
    static FakeCommand exiting(int code) {
        return call -> code;
    }

    /**
     * How it was called.
     *
     * @param argv the program and its arguments
     * @param environment the variables it was given
     * @param stdin its input
     * @param stdout its output; a write waits while the host does not read
     * @param stderr its other output
     */
    record Call(
            List<String> argv,
            Map<String, String> environment,
            InputStream stdin,
            OutputStream stdout,
            OutputStream stderr) {
        /** Copies list and map. */
        public Call {
            argv = List.copyOf(argv);
            environment = Map.copyOf(environment);
        }

        /** Writes text to its output. */
        public void print(String text) throws IOException {
            stdout.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
