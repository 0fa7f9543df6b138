package dev.minions.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.PortForward;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.GuestConnection;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Nic;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is there after a start, and what is said of one that fails. */
class QemuStartTest extends QemuCase {
    @Test
    void aVmmIsFoundByWhoeverComesLater() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        Vmm vmm = qemu.start(machine);
        var later = Qemu.onPath().open(new BackendContext("0123456789ab", root, root));

        assertThat(later.find(machine.place())).hasValueSatisfying(found -> {
            assertThat(found.pid()).isEqualTo(vmm.pid());
            assertThat(found.paths()).isEqualTo(vmm.paths());
            assertThat(found.paths().get("qmp-0")).exists();
        });
    }

    @Test
    void whatWasNeverStartedIsNotFoundAndCanBeRemoved() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);

        assertThat(qemu.find(machine.place())).isEmpty();
        qemu.remove(machine.place());
        qemu.remove(machine.place());
    }

    @Test
    void removingKillsAndKeepsTheLogs() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        Vmm vmm = qemu.start(machine);
        awaitConsole(machine, TestGuest.FIRST_WORDS);
        qemu.remove(machine.place());

        assertThat(vmm.pid()).isEmpty();
        assertThat(qemu.find(machine.place())).isEmpty();
        assertThat(console(machine)).contains(TestGuest.FIRST_WORDS);
        assertThat(machine.place().run()).doesNotExist();
    }

    @Test
    void aConsoleFloodIsBounded() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.FLOOD);
        qemu.start(machine);
        List<Path> files = qemu.consoleFiles(machine.place());
        dev.minions.testkit.Await.until("the log was begun anew", SOON, () -> Files.exists(files.get(0)));

        for (Path file : files) {
            if (Files.exists(file)) {
                assertThat(Files.size(file)).isLessThanOrEqualTo(1024 * 1024);
            }
        }
    }

    @Test
    void aMachineThatRunsIsNotStartedAgain() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.HALT);
        Vmm vmm = qemu.start(machine);

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> qemu.start(machine))
                .returns(ErrorCode.WRONG_STATE, MinionsException::code);
        assertThat(vmm.pid()).isPresent();
        assertThat(vmm.paths().get("qmp-0")).exists();
    }

    @Test
    void aMachineThatEndedIsStartedAgain() throws IOException {
        MachineSpec machine = machine(TestGuest.Deed.POWER_OFF);
        qemu.start(machine).awaitExit(SOON);
        Vmm second = qemu.start(machine);

        assertThat(second.awaitExit(SOON))
                .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF));
        assertThat(console(machine).split(TestGuest.FIRST_WORDS, -1)).hasSize(3);
    }

    @Test
    void noTwoVmmsWriteToOneDisk() throws IOException {
        MachineSpec.Disk disk = rawDisk("disk");
        Vmm first = qemu.start(machine(TestGuest.Deed.HALT, List.of(disk), List.of()));
        MachineSpec second = machine(TestGuest.Deed.HALT, List.of(disk), List.of());
        if (HostUser.isRoot()) {
            // The second may write to it as well, so that nothing but the lock is in the way.
            assertThat(second.place().cid()).isNotEqualTo(first);
        }

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> qemu.start(second))
                .returns(ErrorCode.HYPERVISOR_ERROR, MinionsException::code)
                .withMessageContaining("start vm 'web': qemu ended with exit code 1")
                .withMessageContaining("lock");
        assertThat(first.pid()).isPresent();
        assertThat(qemu.find(second.place()).flatMap(vmm -> vmm.awaitExit(SOON)))
                .hasValueSatisfying(exit -> assertThat(exit.cause()).isEqualTo(Vmm.Cause.FAILED));
    }

    @Test
    void aDamagedDiskIsNamedInQemusWords() throws IOException {
        MachineSpec.Disk raw = rawDisk("not-a-qcow2");
        var disk = new MachineSpec.Disk(raw.path(), DiskFormat.QCOW2, Optional.empty(), raw.access());

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> qemu.start(machine(TestGuest.Deed.HALT, List.of(disk), List.of())))
                .withMessageContaining("not in qcow2 format");
    }

    @Test
    void aHeaderInARawDiskIsNotBelieved() throws IOException {
        MachineSpec.Disk disk = rawDisk("raw");
        Path secret = Files.writeString(root.resolve("secret"), "x".repeat(512));
        assumeTrue(HostProgram.find("qemu-img").isPresent(), "needs qemu-img");
        Path crafted = root.resolve("crafted");
        HostCommand.of(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-F",
                        "raw",
                        "-b",
                        secret.toString(),
                        crafted.toString())
                .run();
        Files.write(disk.path(), Files.readAllBytes(crafted));
        MachineSpec machine = machine(TestGuest.Deed.HALT, List.of(disk), List.of());
        Vmm vmm = qemu.start(machine);

        assertThat(openFiles(vmm)).contains(disk.path().toString()).doesNotContain(secret.toString());
    }

    @Test
    void aLayerIsReadThroughToItsBaseAndPathsMayHoldCommas() throws IOException {
        assumeTrue(HostProgram.find("qemu-img").isPresent(), "needs qemu-img");
        Path base = rawDisk("base,with,commas").path();
        Path layer = root.resolve("layer,too");
        HostCommand.of("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base.toString(), layer.toString())
                .run();
        var disk = new MachineSpec.Disk(layer, DiskFormat.QCOW2, Optional.of(base), MachineSpec.Access.READ_WRITE);
        Vmm first = qemu.start(machine(TestGuest.Deed.HALT, List.of(disk), List.of()));

        assertThat(openFiles(first)).contains(base.toString(), layer.toString());
        var second = new MachineSpec.Disk(base, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_ONLY);
        assertThat(qemu.start(machine(TestGuest.Deed.HALT, List.of(second), List.of()))
                        .pid())
                .isPresent();
    }

    @Test
    void asRootEveryVmmIsAUserOfItsOwnInASandbox() throws IOException {
        assumeTrue(HostUser.isRoot(), "needs root");
        MachineSpec.Disk disk = rawDisk("disk");
        MachineSpec machine = machine(TestGuest.Deed.HALT, List.of(disk), List.of());
        Vmm vmm = qemu.start(machine);
        long uid = HostUser.FIRST_VMM + machine.place().cid();

        String status = Files.readString(Path.of("/proc/" + vmm.pid().orElseThrow() + "/status"));
        assertThat(status)
                .containsPattern("Uid:\\s+" + uid + "\\s+" + uid)
                .containsPattern("CapEff:\\s+0{16}\n")
                .containsPattern("NoNewPrivs:\\s+1\n")
                .containsPattern("Seccomp:\\s+2\n");
        assertThat((Integer) Files.getAttribute(disk.path(), "unix:uid")).isEqualTo((int) uid);
        assertThat((Integer) Files.getAttribute(machine.place().run(), "unix:uid"))
                .isEqualTo((int) uid);
        assertThat((Integer) Files.getAttribute(machine.place().records(), "unix:uid"))
                .isZero();
    }

    @Test
    void aDirectoryThatLetsNobodyInIsNamed() throws IOException {
        assumeTrue(HostUser.isRoot(), "needs root");
        Path hidden = Files.createDirectory(
                root.resolve("hidden"),
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        java.nio.file.attribute.PosixFilePermissions.fromString("rwx------")));
        MachineSpec.Disk disk = rawDisk("hidden/disk");

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> qemu.start(machine(TestGuest.Deed.HALT, List.of(disk), List.of())))
                .withMessageContaining("'" + hidden + "' lets nobody else in");
    }

    @Test
    void lanesOpenAtOnceAndEndWithTheVmm() throws Exception {
        Vmm vmm = qemu.start(machine(TestGuest.Deed.HALT));
        assertThat(vmm.channel().lanes()).isEqualTo(8);
        assertThat(vmm.channel().awaitCall(Duration.ofSeconds(1))).isTrue();
        try (GuestConnection first = vmm.channel().open(0, SOON);
                GuestConnection last = vmm.channel().open(7, SOON)) {
            last.output().write("nobody reads this yet".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            vmm.kill();

            assertThat(first.input().read()).isEqualTo(-1);
        }
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> vmm.channel().open(1, SOON))
                .returns(ErrorCode.VMM_EXITED, MinionsException::code);
    }

    @Test
    void aLaneThatIsTakenDoesNotBlockForEver() throws Exception {
        Vmm vmm = qemu.start(machine(TestGuest.Deed.HALT));
        var open = new java.util.ArrayList<GuestConnection>();
        try {
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            open.add(vmm.channel().open(3, Duration.ofMillis(200)));
                        }
                    })
                    .returns(ErrorCode.AGENT_TIMEOUT, MinionsException::code);
        } finally {
            for (GuestConnection connection : open) {
                connection.close();
            }
        }
    }

    @Test
    void anIsolatedNetworkForwardsPortsAndSaysWhichOneIsTaken() throws IOException {
        int port = freePort();
        var isolated = new Nic(
                "52:54:00:00:00:03",
                new Nic.Endpoint.Isolated(List.of(PortForward.of(port, 80)), "10.0.0.2/16", "10.0.0.1"));
        qemu.start(machine(TestGuest.Deed.HALT, List.of(), List.of(isolated)));
        try (var client = new Socket()) {
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        }

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> qemu.start(machine(TestGuest.Deed.HALT, List.of(), List.of(isolated))))
                .withMessageContaining("" + port);
    }

    @Test
    void probingFindsThisQemu() {
        assertThat(Qemu.onPath().probe()).anySatisfy(finding -> {
            assertThat(finding.subject()).isEqualTo("qemu");
            assertThat(finding.message()).startsWith("version ");
        });
        assertThat(Qemu.at(Path.of("/no/such/qemu")).probe()).anySatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo(dev.minions.HostReport.Severity.ERROR);
            assertThat(finding.advice()).contains("apt install qemu-system-x86");
        });
        assertThat(qemu.description()).startsWith("QEMU ").endsWith("in software emulation");
    }

    @Test
    void aMissingQemuIsSaid() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(
                        () -> Qemu.at(Path.of("/no/such/qemu")).open(new BackendContext("0123456789ab", root, root)))
                .returns(ErrorCode.PROGRAM_MISSING, MinionsException::code)
                .withMessageEndingWith("apt install qemu-system-x86");
    }

    private static int freePort() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    private static List<String> openFiles(Vmm vmm) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/" + vmm.pid().orElseThrow() + "/fd"))) {
            return descriptors
                    .map(path -> {
                        try {
                            return Files.readSymbolicLink(path).toString();
                        } catch (IOException e) {
                            return "";
                        }
                    })
                    .toList();
        }
    }
}
