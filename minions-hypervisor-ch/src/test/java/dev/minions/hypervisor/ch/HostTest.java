package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.HostReport.Finding;
import dev.minions.HostReport.Severity;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.process.ProcessIdentity;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a host and a program before a VM is made. */
class HostTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "cloud-hypervisor v53.0, 53, 0, true",
        "cloud-hypervisor v53.0-dirty, 53, 0, true",
        "53.0.0, 53, 0, true",
        "v51.2, 51, 2, true",
        "v51.1, 51, 1, false",
        "v9.4, 9, 4, false",
        "no such thing, 0, 0, false"
    })
    void aVersionIsReadFromWhateverTellsIt(String said, int major, int minor, boolean enough) {
        ChVersion version = ChVersion.parse(said);

        assertThat(version.major()).isEqualTo(major);
        assertThat(version.minor()).isEqualTo(minor);
        assertThat(version.isNewEnough()).isEqualTo(enough);
        assertThat(version.finding().severity()).isEqualTo(enough ? Severity.OK : Severity.ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "6.2.0-26-generic, 'lockdown,capability,landlock,yama', true",
        "7.0, landlock, true",
        "6.1.0-56-cloud-amd64, 'capability,landlock', false",
        "5.15, landlock, false",
        "6.8.0, 'capability,yama', false",
        "6.8.0, '', false",
        "strange, landlock, false"
    })
    void landlockTakesANewKernelThatHasItSwitchedOn(String release, String modules, boolean has) {
        assertThat(HostLayers.hasLandlock(release, modules)).isEqualTo(has);
    }

    @Test
    void eachMissingLayerIsSaid() {
        var bare = new HostLayers(Optional.of("there is no /dev/kvm"), Optional.empty(), false, false, false);

        assertThat(bare.findings())
                .filteredOn(finding -> finding.severity() != Severity.OK)
                .extracting(Finding::subject)
                .contains("cloud-hypervisor kvm", "landlock", "vmm limits", "memory restore");
        assertThat(new HostLayers(Optional.empty(), Optional.empty(), true, true, true).findings())
                .filteredOn(finding -> finding.subject().matches("landlock|vmm limits|memory restore|.*kvm"))
                .extracting(Finding::severity)
                .containsOnly(Severity.OK);
    }

    @Test
    void withoutKvmItIsNotOpened() {
        var bare = new HostLayers(Optional.of("there is no /dev/kvm"), Optional.empty(), false, false, false);

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> CloudHypervisor.at(Path.of("/bin/true"))
                        .on(bare)
                        .open(new BackendContext("0123456789ab", directory, directory)))
                .returns(ErrorCode.NOT_SUPPORTED, MinionsException::code)
                .withMessageContaining("there is no /dev/kvm");
    }

    @Test
    void aProgramThatIsMissingIsAnErrorWithAdvice() {
        assertThat(CloudHypervisor.at(Path.of("/no/such/program")).probe())
                .filteredOn(finding -> finding.subject().equals("cloud-hypervisor"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice())
                        .hasValueSatisfying(advice -> assertThat(advice).contains("cloud-hypervisor-static")));
    }

    @Test
    void itIsFoundByItsIdAndTakesAProgram() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.id().value().equals("cloud-hypervisor"))
                .findFirst()
                .orElseThrow();

        assertThat(provider.settings()).containsOnly("program");
        assertThat(provider.configure(Map.of())).isInstanceOf(CloudHypervisor.class);
        assertThat(provider.configure(Map.of("program", "/opt/ch"))).isInstanceOf(CloudHypervisor.class);
    }

    @Test
    void whoListensIsKnown() throws IOException {
        assertThat(Peer.isKnown()).as("on this host").isTrue();
        Path socket = directory.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));

            Peer.require(socket, ProcessIdentity.ofThisProcess());
            ProcessIdentity parent = ProcessIdentity.of(
                            ProcessHandle.current().parent().orElseThrow().pid())
                    .orElseThrow();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> Peer.require(socket, parent))
                    .withMessageContaining("listens at");
        }
    }
}
