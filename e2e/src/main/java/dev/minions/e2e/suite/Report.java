package dev.minions.e2e.suite;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Says of every test when it begins and how it ended, as it happens, and counts. Its lines can be read again. */
public final class Report implements TestExecutionListener {
    private static final String FAILED = "FAILED ";

    private final PrintStream out;
    private final Map<String, Long> begun = new HashMap<>();
    private int passed;
    private int failed;
    private int skipped;

    Report(PrintStream out) {
        this.out = out;
    }

    /** The class of the test that failed, if that is what a line says. */
    public static Optional<String> failure(String line) {
        return line.startsWith(FAILED)
                ? Optional.of(line.substring(FAILED.length()).split("[. ]", 2)[0])
                : Optional.empty();
    }

    @Override
    public synchronized void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
        if (test.isTest()) {
            say("      " + name(test));
        }
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean good = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        boolean aborted = result.getStatus() == TestExecutionResult.Status.ABORTED;
        if (!test.isTest() && good) {
            return;
        }
        String reason = result.getThrowable().map(Throwable::toString).orElse("it did not say why");
        if (aborted) {
            executionSkipped(test, reason);
        } else if (good) {
            passed++;
            say("ok    " + name(test) + " (" + seconds(test) + ")");
        } else {
            failed++;
            say(FAILED + name(test) + " (" + seconds(test) + ")");
            result.getThrowable().ifPresent(failure -> failure.printStackTrace(out));
        }
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        skipped++;
        say("SKIPPED " + name(test) + ": " + reason);
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private String seconds(TestIdentifier test) {
        long nanos = System.nanoTime() - begun.getOrDefault(test.getUniqueId(), System.nanoTime());
        return String.format(Locale.ROOT, "%.1f s", (double) nanos / TimeUnit.SECONDS.toNanos(1));
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .map(source -> switch (source) {
                    case MethodSource method -> simple(method.getClassName()) + "." + method.getMethodName();
                    case ClassSource type -> simple(type.getClassName());
                    default -> test.getDisplayName();
                })
                .orElse(test.getDisplayName());
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    /** The last line. */
    synchronized void summarize() {
        say(passed + " passed, " + failed + " failed, " + skipped + " skipped");
    }

    /** Whether something ran and nothing failed. What was skipped was said, and is no failure. */
    synchronized boolean isPassed() {
        return failed == 0 && passed > 0;
    }
}
