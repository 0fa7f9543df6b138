package dev.minions.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** How machines end, and how that is told from outside, by whoever comes later too. */
class QemuEndTest extends QemuCase {
    @Test
    void aGuestThatPowersItselfOffIsNoFailure() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.POWER_OFF);
        qemu.start(machine);

        Vmm.Exit exit = end(machine);
        assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF);
        assertThat(exit.code()).isEqualTo(OptionalInt.of(0));
        assertThat(console(machine)).contains(TestGuest.FIRST_WORDS, "console=ttyS0", "do=p");
    }

    @Test
    void aPanicIsTold() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.PANIC);
        qemu.start(machine);

        assertThat(end(machine).cause()).isEqualTo(Vmm.Cause.GUEST_PANICKED);
    }

    @Test
    void aSignalIsNoPowerOffThoughQemuExitsWithCodeZero() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        qemu.start(machine);
        awaitConsole(machine, TestGuest.FIRST_WORDS);
        process(machine).signal(dev.minions.spi.process.ProcessIdentity.Signal.TERM);

        Vmm.Exit exit = end(machine);
        assertThat(exit.code()).isEqualTo(OptionalInt.of(0));
        assertThat(exit.cause()).isEqualTo(Vmm.Cause.KILLED);
    }

    @Test
    void aKilledVmmIsTold() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        Vmm vmm = qemu.start(machine);
        assertThat(vmm.awaitExit(Duration.ZERO)).isEmpty();
        vmm.kill();
        vmm.kill();

        assertThat(vmm.pid()).isEmpty();
        assertThat(end(machine).cause()).isEqualTo(Vmm.Cause.KILLED);
    }

    @Test
    void aVmmThatLostItsLauncherStillTellsOfThePowerOff() throws Exception {
        MachineSpec machine = machine(TestGuest.Deed.WAIT_FOR_BUTTON);
        Vmm vmm = qemu.start(machine);
        awaitConsole(machine, TestGuest.LISTENING);
        ProcessHandle.of(vmm.pid().orElseThrow())
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .destroyForcibly();
        vmm.pressPowerButton();

        Vmm.Exit exit = end(machine);
        assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF);
        assertThat(exit.code()).isEmpty();
    }

    @Test
    void thePowerButtonReachesTheGuest() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.WAIT_FOR_BUTTON);
        qemu.start(machine);
        awaitConsole(machine, TestGuest.LISTENING);

        qemu.find(machine.place()).orElseThrow().pressPowerButton();

        assertThat(end(machine).cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF);
    }

    @Test
    void clientsThatHoldControlSocketsShutNobodyOutUntilTheyHoldAll() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.WAIT_FOR_BUTTON);
        Vmm vmm = qemu.start(machine);
        awaitConsole(machine, TestGuest.LISTENING);
        List<Path> sockets = vmm.paths().entrySet().stream()
                .filter(path -> path.getKey().startsWith("qmp"))
                .map(java.util.Map.Entry::getValue)
                .toList();
        var held = new ArrayList<UnixStream>();
        try {
            for (Path socket : sockets) {
                held.add(hold(socket));
            }
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(vmm::pressPowerButton)
                    .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                    .withMessageContaining("no answer within");

            held.remove(held.size() - 1).close();
            vmm.pressPowerButton();
            assertThat(end(machine).cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF);
        } finally {
            for (UnixStream stream : held) {
                stream.close();
            }
        }
    }

    @Test
    void theButtonOfADeadVmmFailsAtOnce() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        Vmm vmm = qemu.start(machine);
        vmm.kill();

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(vmm::pressPowerButton)
                .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code);
    }

    @Test
    void aGuestThatResetsItselfRunsOnInTheSameProcess() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.RESET);
        Vmm vmm = qemu.start(machine);
        awaitConsole(machine, TestGuest.FIRST_WORDS);
        dev.minions.testkit.Await.until(
                "it has come up again", SOON, () -> console(machine).split(TestGuest.FIRST_WORDS, -1).length > 2);

        assertThat(vmm.awaitExit(Duration.ZERO)).isEmpty();
    }

    private Vmm.Exit end(MachineSpec machine) {
        return qemu.find(machine.place())
                .orElseThrow()
                .awaitExit(SOON)
                .orElseThrow(() -> new AssertionError("still runs; console: " + console(machine)));
    }

    private LaunchedProcess process(MachineSpec machine) {
        return LaunchedProcess.find(machine.place().records().resolve("vmm")).orElseThrow();
    }

    private static UnixStream hold(Path socket) throws IOException {
        long deadline = System.nanoTime() + SOON.toNanos();
        UnixStream stream = UnixStream.connect(socket, deadline);
        stream.readLine(deadline); // the greeting: from now on it serves us
        return stream;
    }
}
