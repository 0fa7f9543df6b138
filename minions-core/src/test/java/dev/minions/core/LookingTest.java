package dev.minions.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.HostReport.Finding;
import dev.minions.HostReport.Severity;
import dev.minions.Minions;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Hypervisor;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeHypervisor;
import dev.minions.testkit.fake.FakeNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who only looks leaves a host as it was. */
class LookingTest {
    @TempDir
    Path directory;

    private LocalMinions.Builder on(Path dataDirectory) {
        FakeHost host = new FakeHost();
        return LocalMinions.builder()
                .dataDirectory(dataDirectory)
                .hypervisor(FakeHypervisor.on(host))
                .volumes(DirectoryVolumes.inDataDirectory())
                .network(FakeNetwork.on(host));
    }

    @Test
    void whereThereIsNoDataDirectoryNoneIsMadeByLooking() throws IOException {
        Path absent = directory.resolve("absent");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        for (Path each : new Path[] {absent, empty}) {
            assertThat(on(each).buildIfPresent()).isEmpty();
            assertThat(on(each).diagnose().choices()).hasSize(3);
        }
        assertThat(absent).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void aDataDirectoryThatIsThereIsOpened() {
        Path there = directory.resolve("there");
        on(there).build().close();
        try (Minions minions = on(there).buildIfPresent().orElseThrow()) {
            assertThat(minions.list()).isEmpty();
        }
        assertThat(on(there).diagnose().choices()).hasSize(3);
    }

    @Test
    void whoeverReadsOfAProblemReadsWhatToDoAboutIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Finding(Severity.WARNING, "kvm", "there is no /dev/kvm", Optional.empty()));
        BackendFactory<Hypervisor> misfit = FakeHypervisor.on(new FakeHost());
        assertThat(on(directory.resolve("file"))
                        .hypervisor(refusing(misfit))
                        .diagnose()
                        .findings())
                .anySatisfy(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
                    assertThat(finding.message()).contains("it has no wheels");
                    assertThat(finding.advice()).isPresent();
                });
    }

    private static BackendFactory<Hypervisor> refusing(BackendFactory<Hypervisor> real) {
        return new BackendFactory<>() {
            @Override
            public BackendId id() {
                return real.id();
            }

            @Override
            public List<Finding> probe() {
                return real.probe();
            }

            @Override
            public Hypervisor open(BackendContext context) {
                throw new MinionsException(ErrorCode.NOT_SUPPORTED, "it has no wheels");
            }
        };
    }
}
