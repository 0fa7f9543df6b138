package dev.minions.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.HostReport.Finding;
import dev.minions.HostReport.Severity;
import dev.minions.core.engine.Backends;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeHypervisor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendChoiceTest {
    @TempDir
    Path directory;

    /** One that does not open, for a reason that its findings may or may not know. */
    private record Better(Finding finding) implements BackendFactory<Hypervisor> {
        @Override
        public BackendId id() {
            return BackendId.of("better");
        }

        @Override
        public List<Finding> probe() {
            return List.of(finding);
        }

        @Override
        public Hypervisor open(BackendContext context) {
            throw new MinionsException(ErrorCode.NO_FITTING_BACKENDS, "it takes other cards");
        }
    }

    private static BackendChoice choice(List<BackendFactory<Hypervisor>> hypervisors) {
        return new BackendChoice(
                hypervisors, List.of(DirectoryVolumes.inDataDirectory()), List.of(NoNetwork.factory()));
    }

    private BackendContext context() {
        return new BackendContext("0123456789ab", directory, directory);
    }

    @Test
    void whatKeepsABetterOneFromWorkingIsNoErrorWhereAnotherWorks() {
        var missing = Finding.error("better", "is not installed", "install it");
        BackendChoice choice = choice(List.of(new Better(missing), FakeHypervisor.on(new FakeHost())));

        try (Backends chosen = choice.open(context())) {
            assertThat(choice.findings(Optional.of(chosen)))
                    .filteredOn(finding -> finding.subject().equals("better"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.WARNING))
                    .satisfies(finding -> assertThat(finding.advice()).contains("install it"));
        }
    }

    @Test
    void oneThatWorksAndDoesNotFitIsSaidWithTheReason() {
        BackendChoice choice =
                choice(List.of(new Better(Finding.ok("better", "works")), FakeHypervisor.on(new FakeHost())));

        try (Backends chosen = choice.open(context())) {
            assertThat(choice.findings(Optional.of(chosen)))
                    .filteredOn(finding -> finding.severity() == Severity.WARNING)
                    .extracting(Finding::message)
                    .contains("it is not used: it takes other cards");
        }
    }

    @Test
    void whereNothingWorksEveryErrorCounts() {
        BackendChoice choice = choice(List.of(new Better(Finding.error("better", "is not installed", "install it"))));

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> choice.open(context()))
                .returns(ErrorCode.NO_FITTING_BACKENDS, MinionsException::code)
                .withMessageContaining("it takes other cards");
        assertThat(choice.findings(Optional.empty()))
                .extracting(Finding::severity)
                .contains(Severity.ERROR);
    }
}
