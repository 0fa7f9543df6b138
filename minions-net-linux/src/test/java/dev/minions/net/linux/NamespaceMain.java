package dev.minions.net.linux;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the tests of one class and prints a line for each: how it ended, its name, and why. */
final class NamespaceMain {
    private static final PrintStream OUT = System.out;

    private NamespaceMain() {}

    public static void main(String[] arguments) throws ClassNotFoundException {
        System.setOut(System.err);
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(Class.forName(arguments[0])))
                .configurationParameter("junit.jupiter.execution.timeout.testable.method.default", "60 s")
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionSkipped(TestIdentifier test, String reason) {
                print("SKIPPED", test, reason);
            }

            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() || result.getStatus() != Status.SUCCESSFUL) {
                    print(
                            result.getStatus().name(),
                            test,
                            result.getThrowable().map(NamespaceMain::text).orElse(""));
                }
            }
        });
        System.exit(0); // whatever threads are left
    }

    private static void print(String how, TestIdentifier test, String why) {
        OUT.println(how + "\t" + test.getDisplayName() + "\t"
                + Base64.getEncoder().encodeToString(why.getBytes(StandardCharsets.UTF_8)));
        OUT.flush();
    }

    private static String text(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
