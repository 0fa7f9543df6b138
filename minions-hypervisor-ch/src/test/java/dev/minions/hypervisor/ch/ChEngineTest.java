package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.Minions;
import dev.minions.StopOptions;
import dev.minions.StopResult;
import dev.minions.Vm;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.core.LocalMinions;
import dev.minions.core.NoNetwork;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostDirectory;
import dev.minions.testkit.Await;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The whole life of a VM, by the engine, over several engines. All tests share one image. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChEngineTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private Path root = Path.of("/");

    @BeforeAll
    void makeDirectory() throws IOException {
        root = Files.createTempDirectory(
                "mce", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    }

    @AfterEach
    void destroyAll() {
        try (Minions minions = open()) {
            minions.list().forEach(vm -> minions.get(vm.id().toString()).destroy());
            assertThat(root.resolve("data/vms")).isEmptyDirectory();
        }
    }

    @AfterAll
    void removeDirectory() {
        HostDirectory.remove(root);
    }

    private Minions open() {
        Path program = FakeCloudHypervisor.of(Release.V53).installIn(root);
        return LocalMinions.builder()
                .dataDirectory(root.resolve("data"))
                .hypervisor(CloudHypervisor.at(program).on(ChCase.PRETENDED))
                .network(NoNetwork.factory())
                .imageSource(FakeImages.on(new FakeHost(), "tiny"))
                .build();
    }

    private static VmSpec spec(String words) {
        return VmSpec.builder("web", "tiny")
                .memory(ByteSize.mib(128))
                .disk(ByteSize.gib(2))
                .kernelArguments(words)
                .build();
    }

    @Test
    void aVmIsCreatedAdoptedStoppedRebootedPanickedKilledAndDestroyed() {
        try (Minions minions = open()) {
            assertThat(minions.create(spec("quiet")).exec("echo", "hi").stdout())
                    .isEqualTo("hi\n");
        }
        try (Minions minions = open()) {
            Vm vm = minions.get("web");
            assertThat(vm.info().state()).as("adopted").isEqualTo(VmState.RUNNING);
            assertThat(vm.exec("echo", "again").stdout()).isEqualTo("again\n");
            assertThat(vm.stop().how()).isEqualTo(StopResult.How.AGENT);
            vm.start();
            assertRebootsInTheSameProcess(vm);
            tell(vm, "panic");
            awaitState(vm, VmState.FAILED);
            assertThat(vm.info().failure())
                    .hasValueSatisfying(why -> assertThat(why).contains("panicked"));
            vm.start();
            ProcessHandle.of(vm.info().pid().orElseThrow()).orElseThrow().destroyForcibly();
            awaitState(vm, VmState.FAILED);
            vm.start();
            assertThat(vm.exec("true").succeeded()).isTrue();
            vm.destroy();
            assertThat(minions.list()).isEmpty();
        }
    }

    private static void assertRebootsInTheSameProcess(Vm vm) {
        long pid = vm.info().pid().orElseThrow();
        int boots = boots(vm);
        tell(vm, "reboot");
        Await.until("it boots once more", SOON, () -> boots(vm) > boots);
        Await.until("its agent answers", SOON, () -> answers(vm));
        assertThat(vm.info().pid()).hasValue(pid);
    }

    /** A guest that obeys at once answers no more. */
    private static void tell(Vm vm, String command) {
        try {
            vm.exec(command);
        } catch (MinionsException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.AGENT_ERROR);
        }
    }

    private static int boots(Vm vm) {
        return vm.console().text().split("Linux version", -1).length;
    }

    private static boolean answers(Vm vm) {
        try {
            return vm.exec("true").succeeded();
        } catch (MinionsException e) {
            return false; // the connection to the agent of before
        }
    }

    private static void awaitState(Vm vm, VmState state) {
        Await.until("the VM is " + state, SOON, () -> vm.info().state() == state);
    }

    @Test
    void aGuestThatIgnoresEverythingIsKilledWhenItsTimeIsOver() {
        try (Minions minions = open()) {
            Vm vm = minions.create(spec("guest.ignores-button"));
            vm.exec("true");
            assertThat(vm.stop(StopOptions.defaults().grace(Duration.ZERO)).how())
                    .isEqualTo(StopResult.How.KILLED);
            assertThat(vm.info().state()).isEqualTo(VmState.STOPPED);
        }
    }

    @Test
    void aGuestThatNeverComesUpEndsByItsDeadlineWithTheConsolesLastLines() {
        try (Minions minions = open()) {
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> minions.create(
                            spec("guest.agentless"), CreateOptions.defaults().bootTimeout(Duration.ofSeconds(2))))
                    .returns(ErrorCode.BOOT_TIMEOUT, MinionsException::code)
                    .withMessageContaining("fake guest is up");
            assertThat(minions.list()).isEmpty();
        }
    }
}
