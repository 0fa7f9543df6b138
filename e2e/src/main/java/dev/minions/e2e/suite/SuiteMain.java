package dev.minions.e2e.suite;

import java.io.PrintStream;
import java.util.List;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a suite on the host it is started on, and says on standard output how it goes. */
public final class SuiteMain {
    private static final int PASSED = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** Nothing in a suite takes longer; a host of the lab is an order of magnitude slower than a real one. */
    private static final String LIMIT_OF_A_TEST = "10 m";

    private SuiteMain() {}

    /**
     * The program.
     *
     * @param args the suite's name and, if not all of it is to run, those of its tests
     */
    public static void main(String[] args) {
        List<String> asked = List.of(args);
        int code = asked.stream()
                .findFirst()
                .flatMap(Suite::named)
                .flatMap(whole -> whole.only(asked.subList(1, asked.size())))
                .map(suite -> run(suite.all(), System.out))
                .orElse(USAGE);
        if (code == USAGE) {
            System.err.println("one of: " + Suite.names());
        }
        System.exit(code); // a test that failed may have left threads
    }

    /** Runs tests in their order; the exit code. That nothing ran is a failure. */
    static int run(List<Class<?>> tests, PrintStream out) {
        Report report = new Report(out);
        var launcher = LauncherFactory.create(
                LauncherConfig.builder().addTestExecutionListeners(report).build());
        for (Class<?> test : tests) {
            launcher.execute(request(DiscoverySelectors.selectClass(test)));
        }
        report.summarize();
        return report.isPassed() ? PASSED : FAILED;
    }

    private static LauncherDiscoveryRequest request(ClassSelector test) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(test)
                .configurationParameter("junit.jupiter.execution.timeout.default", LIMIT_OF_A_TEST)
                .build();
    }
}
