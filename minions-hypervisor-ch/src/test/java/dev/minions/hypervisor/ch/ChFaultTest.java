package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.testkit.cloudhypervisor.ApiFault;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A VMM that stops answering, answers late, answers with errors, or dies: bounded, cleaned and said. */
class ChFaultTest extends ChCase {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final FakeCloudHypervisor SOUND = FakeCloudHypervisor.of(Release.V53);

    @ParameterizedTest
    @ValueSource(strings = {"vmm.ping", "vm.create", "vm.boot"})
    void aVmmThatDiesBeforeARequestIsSaidToHaveDied(String endpoint) throws IOException {
        assertStartFails(SOUND.with(endpoint, ApiFault.death()), "cloud-hypervisor ended with signal 9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmm.ping", "vm.create", "vm.boot"})
    void aVmmThatDiesAfterARequestIsSaidToHaveDied(String endpoint) throws IOException {
        assertStartFails(SOUND.with(endpoint, ApiFault.death().afterwards()), "cloud-hypervisor ended with signal 9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmm.ping", "vm.create", "vm.boot"})
    void aVmmThatStopsAnsweringIsGivenUp(String endpoint) throws IOException {
        assertStartFails(SOUND.with(endpoint, ApiFault.stall()), "send '" + endpoint + "'", "no answer within 2000 ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmm.ping", "vm.create", "vm.boot"})
    void aVmmThatRefusesIsQuoted(String endpoint) throws IOException {
        assertStartFails(SOUND.with(endpoint, ApiFault.refusal(500)), "send '" + endpoint + "'", "500: as it was told");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmm.ping", "vm.create", "vm.boot"})
    void aVmmThatAnswersWithRubbishIsQuoted(String endpoint) throws IOException {
        assertStartFails(SOUND.with(endpoint, ApiFault.rubbish()), "send '" + endpoint + "'", "not HTTP: rubbish");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmm.ping", "vm.create", "vm.boot"})
    void aVmmThatAnswersLateIsWaitedFor(String endpoint) throws IOException {
        Hypervisor hypervisor = hypervisor(SOUND.with(endpoint, ApiFault.delay(Duration.ofMillis(700))));

        try (Vmm vmm = hypervisor.start(machine("quiet"))) {
            awaitUp(vmm);
        }
    }

    private void assertStartFails(FakeCloudHypervisor fake, String... words) throws IOException {
        Hypervisor hypervisor = hypervisor(fake);
        MachineSpec machine = machine("quiet", List.of(disk("disk")));
        long began = System.nanoTime();

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> hypervisor.start(machine))
                .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BOUND);
        assertThat(LaunchedProcess.find(new ChFiles(machine.place()).launch()))
                .as("nothing of it runs")
                .satisfies(process ->
                        assertThat(process.filter(LaunchedProcess::isAlive)).isEmpty());
    }

    @Test
    void aVmWhoseVmmDiedWhileItBootedIsStartedAgain() throws IOException {
        MachineSpec machine = machine("quiet", List.of(disk("disk")));
        Hypervisor broken = hypervisor(SOUND.with("vm.boot", ApiFault.death().afterwards()));
        assertThatExceptionOfType(MinionsException.class).isThrownBy(() -> broken.start(machine));

        try (Vmm again = hypervisor(SOUND).start(machine)) {
            awaitUp(again);
        }
    }

    @Test
    void aMachineThatIsRefusedIsForgottenBeforeAnythingElse() throws IOException {
        Hypervisor hypervisor = hypervisor(
                SOUND.withLandlock(2), new HostLayers(PRETENDED.obstacle(), PRETENDED.group(), true, false, true));
        MachineSpec machine = machine("quiet");

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> hypervisor.start(machine))
                .withMessageContaining("Failed to apply landlock config during vm_create")
                .withMessageContaining("Truncate");

        assertThat(EventLog.of(new ChFiles(machine.place()).log()).events())
                .extracting(EventLog.Event::name)
                .contains("deleted")
                .doesNotContain("booting");
    }

    @Test
    void aVmmThatHangsIsKilledInAFewSeconds() throws IOException {
        Hypervisor hypervisor = hypervisor(SOUND.with("vm.shutdown", ApiFault.stall()));
        try (Vmm vmm = hypervisor.start(machine("quiet"))) {
            long began = System.nanoTime();

            vmm.kill();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            assertThat(vmm.awaitExit(Duration.ZERO)).hasValueSatisfying(exit -> {
                assertThat(exit.cause()).isEqualTo(Vmm.Cause.KILLED);
                assertThat(exit.detail()).contains("SIGKILL");
            });
        }
    }

    @Test
    void aVmmThatAnswersPutsItsThingsInOrderBeforeItIsGone() throws IOException {
        MachineSpec machine = machine("quiet");
        try (Vmm vmm = hypervisor(SOUND).start(machine)) {
            vmm.kill();

            assertThat(vmm.awaitExit(Duration.ZERO))
                    .hasValueSatisfying(exit -> assertThat(exit.detail()).contains("vmm.shutdown"));
            assertThat(new ChFiles(machine.place()).api()).doesNotExist();
            assertThat(new ChFiles(machine.place()).vsock()).doesNotExist();
        }
    }

    @Test
    void aButtonThatIsNotTakenIsAnErrorWithinTheTimeForButtons() throws IOException {
        Hypervisor hypervisor = hypervisor(SOUND.with("vm.power-button", ApiFault.stall()));
        try (Vmm vmm = hypervisor.start(machine("quiet"))) {
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(vmm::pressPowerButton)
                    .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                    .withMessageContaining("no answer within 2000 ms");
            assertThat(vmm.pid())
                    .as("that it does not answer does not mean it is dead")
                    .isPresent();
        }
    }

    @Test
    void aSignalIsNoPowerOffThoughItExitsWithCodeZero() throws IOException {
        MachineSpec machine = machine("quiet");
        try (Vmm vmm = hypervisor(SOUND).start(machine)) {
            awaitUp(vmm);
            ProcessHandle.of(vmm.pid().orElseThrow()).orElseThrow().destroy();

            assertThat(vmm.awaitExit(SOON)).hasValueSatisfying(exit -> {
                assertThat(exit.code()).hasValue(0);
                assertThat(exit.cause()).isEqualTo(Vmm.Cause.KILLED);
            });
        }
    }

    @Test
    void aVmmThatIsTooOldIsRefusedBeforeItIsGivenAnything() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> CloudHypervisor.at(FakeCloudHypervisor.of(Release.V51)
                                .calling("v51.1")
                                .installIn(root))
                        .on(PRETENDED)
                        .open(new BackendContext("0123456789ab", root, root)))
                .returns(ErrorCode.NOT_SUPPORTED, MinionsException::code)
                .withMessageContaining("v51.2 or newer is needed")
                .withMessageContaining("v51.1");
    }

    @Test
    void aStrangerAtTheSocketIsNotTalkedTo() throws Exception {
        MachineSpec machine = machine("quiet");
        MachineSpec other = machine("quiet");
        Hypervisor hypervisor = hypervisor(SOUND);
        try (Vmm vmm = hypervisor.start(machine);
                Vmm stranger = hypervisor.start(other)) {
            java.nio.file.Files.delete(new ChFiles(machine.place()).api());
            java.nio.file.Files.createSymbolicLink(
                    new ChFiles(machine.place()).api(), new ChFiles(other.place()).api());

            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(
                            () -> hypervisor.find(machine.place()).orElseThrow().pressPowerButton())
                    .withMessageContaining("listens at")
                    .withMessageContaining("not " + vmm.pid().orElseThrow());
            assertThat(stranger.pid()).isPresent();
        }
    }
}
