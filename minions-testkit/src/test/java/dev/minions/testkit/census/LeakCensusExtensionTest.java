package dev.minions.testkit.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs classes of tests that leak, and sees them fail. They are skipped when anybody else runs them. */
class LeakCensusExtensionTest {
    private static volatile boolean asked;

    static boolean asked() {
        return asked;
    }

    private static List<String> failuresOf(Class<?> tests) {
        var summary = new SummaryGeneratingListener();
        asked = true;
        try {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(tests))
                                    .build(),
                            summary);
        } finally {
            asked = false;
        }
        assertThat(summary.getSummary().getTestsSucceededCount()).isEqualTo(1);
        return summary.getSummary().getFailures().stream()
                .map(failure -> String.valueOf(failure.getException().getMessage()))
                .toList();
    }

    @Test
    void aClassThatLeavesNothingPasses() {
        assertThat(failuresOf(Clean.class)).isEmpty();
    }

    @Test
    void aClassThatLeavesAFileFailsAndSaysWhich() {
        assertThat(failuresOf(Leaking.class))
                .singleElement()
                .asString()
                .contains("file ")
                .contains("left-over");
    }

    @Test
    void aClassWithoutACensusIsToldToHaveOne() {
        var summary = new SummaryGeneratingListener();
        asked = true;
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(WithoutCensus.class))
                                .build(),
                        summary);
        asked = false;

        assertThat(summary.getSummary().getFailures())
                .singleElement()
                .satisfies(failure ->
                        assertThat(failure.getException()).hasMessageContaining("static field of type LeakCensus"));
    }

    @EnabledIf("dev.minions.testkit.census.LeakCensusExtensionTest#asked")
    static class Clean {
        @TempDir
        static Path own;

        @RegisterExtension
        static final LeakCensusExtension LEAKS =
                LeakCensusExtension.over(() -> LeakCensus.of(own.resolve("data"), own.resolve("run")));

        @Test
        void cleansUp() throws IOException {
            Path file = Files.createDirectory(own.resolve("data")).resolve("file");
            Files.writeString(file, "");
            Files.delete(file);
        }
    }

    @ExtendWith(LeakCensusExtension.class)
    @EnabledIf("dev.minions.testkit.census.LeakCensusExtensionTest#asked")
    static class Leaking {
        static final Path OWN = temporary();
        static final LeakCensus CENSUS = LeakCensus.of(OWN, OWN.resolve("run"));

        @Test
        void leaks() throws IOException {
            Path file = OWN.resolve("left-over");
            Files.writeString(file, "");
            file.toFile().deleteOnExit();
        }

        private static Path temporary() {
            try {
                Path made = Files.createTempDirectory("leak");
                made.toFile().deleteOnExit();
                return made;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ExtendWith(LeakCensusExtension.class)
    @EnabledIf("dev.minions.testkit.census.LeakCensusExtensionTest#asked")
    static class WithoutCensus {
        @Test
        void neverRuns() {}
    }
}
