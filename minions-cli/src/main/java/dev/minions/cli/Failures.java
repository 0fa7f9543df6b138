package dev.minions.cli;

import dev.minions.client.json.ErrorJson;
import dev.minions.error.MinionsException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Tells of failures: a sentence on standard error, and with {@code --json} an object on standard output as well. */
final class Failures {
    private final Screen screen;
    private final boolean json;
    private final boolean verbose;

    Failures(Screen screen, boolean json, boolean verbose) {
        this.screen = screen;
        this.json = json;
        this.verbose = verbose;
    }

    void tell(MinionsException failure) {
        screen.say(String.valueOf(failure.getMessage()));
        failure.leftovers().forEach(leftover -> screen.say("left behind: " + leftover));
        trace(failure);
        object(ErrorJson.of(failure));
    }

    void usage(IllegalArgumentException misuse) {
        String message = String.valueOf(misuse.getMessage());
        screen.say(message);
        if (!(misuse instanceof UsageException)) {
            trace(misuse);
        }
        object(ErrorJson.usage(message));
    }

    /** A fault of ours. */
    void internal(Throwable fault) {
        String message = "unexpected " + fault + "; please report it" + (verbose ? "" : ", with what --verbose shows");
        screen.say(message);
        trace(fault);
        object(ErrorJson.internal(message));
    }

    private void trace(Throwable failure) {
        if (verbose) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            screen.explain(Text.cleanLines(trace.toString()));
        }
    }

    private void object(ErrorJson error) {
        if (json) {
            try {
                screen.json(error);
            } catch (OutputException nobodyReads) {
                // The sentence and the exit code have said it.
            }
        }
    }
}
