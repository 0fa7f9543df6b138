package dev.minions.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestFile;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.Resize;
import dev.minions.SnapshotInfo;
import dev.minions.StopResult.How;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.cli.real.RealHost.Result;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Real VMs in real QEMU, from Java and from the command line. Each test has one boot or two, as a boot takes seconds in
 * software emulation, and ends with nothing left.
 */
@Isolated("a boot needs the machine for itself")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
class RealVmTest {
    private static final int MUCH = 40 << 20;

    private Minions minions;
    private List<String> before;

    @BeforeEach
    void open() {
        minions = RealHost.open();
        before = RealHost.vmDirectories();
    }

    @AfterEach
    void nothingIsLeft() {
        minions.close();
        assertThat(RealHost.vmDirectories()).isEqualTo(before);
    }

    private static VmSpec.Builder spec() {
        return VmSpec.builder(ImageRef.of("debian")).cpus(2).memory(ByteSize.mib(384));
    }

    @Test
    void aLaunchedVmRunsCommandsWithEverythingACommandCanHave() throws Exception {
        VmSpec spec = spec().environment("GREETING", "hello")
                .file(GuestFile.text("/opt/message", "from the host\n").mode(0600))
                .build();
        String id;
        try (EphemeralVm vm = minions.launch(spec)) {
            id = vm.id().toString();
            assertThat(vm.exec("uname", "-s").stdout()).isEqualTo("Linux\n");
            assertThat(vm.exec("cat", "/opt/message").stdout()).isEqualTo("from the host\n");
            assertThat(vm.exec("sh", "-c", "echo $GREETING; hostname").stdout())
                    .isEqualTo("hello\n" + vm.info().name() + "\n");
            assertThat(vm.exec("grep", "SigIgn", "/proc/self/status").stdout())
                    .as("an interrupt reaches a command")
                    .isEqualTo("SigIgn:\t0000000000000000\n");
            exitsAreReported(vm);
            outputOfAnySizeArrivesWhole(vm);
            inputGoesInAndComesOut(vm);
            listingDoesNotWaitForACommand(vm);
            statusIsRead(vm.status());
            assertThat(vm.info().state()).isEqualTo(VmState.RUNNING);
            assertThat(vm.console().text()).isNotBlank();
        }
        assertThat(RealHost.processesOf(id)).isEmpty();
    }

    private static void exitsAreReported(Vm vm) {
        assertThat(vm.exec("sh", "-c", "echo bad >&2; exit 7")).satisfies(result -> {
            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.stderr()).isEqualTo("bad\n");
        });
        ExecResult late = vm.exec(Command.of("sh", "-c", "sleep 1000 & wait").within(Duration.ofSeconds(2)));
        assertThat(late.status()).isEqualTo(new ExitStatus.TimedOut());
        assertThat(vm.exec("pgrep", "-f", "sleep 1000").succeeded())
                .as("the time limit ended everything the command had started")
                .isFalse();
        assertThat(vm.exec(Command.of("id", "-un").user("nobody").directory("/tmp"))
                        .stdout())
                .isEqualTo("nobody\n");
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> vm.exec("no-such-program"))
                .returns(ErrorCode.GUEST_COMMAND_NOT_FOUND, MinionsException::code);
    }

    private static void outputOfAnySizeArrivesWhole(Vm vm) throws IOException {
        try (GuestProcess process = vm.start(Command.of("head", "-c", Integer.toString(MUCH), "/dev/zero"));
                InputStream output = process.stdout()) {
            long count = 0;
            byte[] buffer = new byte[1 << 16];
            for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                count += n;
            }
            assertThat(count).isEqualTo(MUCH);
            assertThat(process.waitFor(Duration.ofSeconds(60))).contains(ExitStatus.exited(0));
        }
    }

    private static void inputGoesInAndComesOut(Vm vm) throws IOException {
        try (GuestProcess process = vm.start(Command.of("tr", "a-z", "A-Z"))) {
            process.stdin().write("shout\n".getBytes(StandardCharsets.UTF_8));
            process.stdin().close();
            assertThat(new String(process.stdout().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("SHOUT\n");
        }
    }

    private void listingDoesNotWaitForACommand(Vm vm) {
        try (GuestProcess process = vm.start(Command.of("sleep", "1000"))) {
            assertThat(minions.list()).extracting(VmInfo::id).contains(vm.id());
            assertThat(RealHost.cli("list").code()).isZero();
            assertThat(process.waitFor(Duration.ZERO)).isEmpty();
        }
    }

    private static void statusIsRead(GuestStatus status) {
        assertThat(status.uptime()).isPositive();
        assertThat(status.memoryTotal()).isGreaterThan(ByteSize.mib(200));
        assertThat(status.diskUsed()).isGreaterThan(ByteSize.mib(100));
        assertThat(status.agentVersion()).isPresent();
    }

    @Test
    void aDurableVmIsSharedByProcessesAndGoesThroughItsWholeLife() {
        Result created = RealHost.cli("create", "real-life", "--memory", "384", "--no-ssh-key", "--json");
        assertThat(created.code()).as(created.toString()).isZero();
        Vm vm = minions.get("real-life");
        assertThat(created.stdout()).contains(vm.id().toString());
        VmInfo first = vm.info();
        assertThat(first.state()).isEqualTo(VmState.RUNNING);
        assertThat(RealHost.cli("exec", "real-life", "--", "sh", "-c", "echo kept >/root/file; exit 3")
                        .code())
                .isEqualTo(3);
        assertThat(RealHost.cli("exec", "real-life", "--", "no-such-program").code())
                .isEqualTo(127);
        assertThat(RealHost.cli("create", "real-life").code()).isEqualTo(1);

        assertThat(vm.stop().how()).isEqualTo(How.AGENT);
        assertThat(vm.info().state()).isEqualTo(VmState.STOPPED);
        vm.start();
        assertThat(vm.exec("cat", "/root/file").stdout()).isEqualTo("kept\n");
        assertThat(vm.info().ip()).isEqualTo(first.ip());

        long pid = vm.info().pid().orElseThrow();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        until("the death of its process is noticed", () -> vm.info().state() == VmState.FAILED);
        assertThat(RealHost.cli("destroy", "real-life").code()).isZero();
        assertThat(RealHost.processesOf(vm.id().toString())).isEmpty();
        assertThat(minions.find("real-life")).isEmpty();
    }

    @Test
    void disksAreKeptBroughtBackGrownAndCopied() throws IOException {
        Result created = RealHost.cli("create", "real-disks", "--memory", "384", "--no-ssh-key", "--data", "1");
        assertThat(created.code()).as(created.toString()).isZero();
        Vm vm = minions.get("real-disks");
        vm.exec("sh", "-c", "mkfs.ext4 -q /dev/vdb && mount /dev/vdb /mnt && echo kept | tee /root/file >/mnt/file");
        vm.exec("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/ssh_host_ed25519_key");
        String key = vm.exec("cat", "/etc/ssh/ssh_host_ed25519_key.pub").stdout();
        String machine = vm.exec("cat", "/etc/machine-id").stdout();
        assertThat(RealHost.cli("snapshot", "create", "real-disks", "--name", "clean"))
                .returns(0, Result::code);
        assertThat(vm.snapshots().list()).extracting(SnapshotInfo::guest).containsExactly(SnapshotInfo.Guest.FROZEN);
        vm.exec("sh", "-c", "echo lost | tee /root/file >/mnt/file; sync");
        disksComeAndGoAndGrowWhileItRuns(vm);

        vm.stop();
        vm.snapshots().restore("clean");
        vm.rename(VmName.of("real-disks-2"));
        vm.resize(Resize.none().disk(ByteSize.gb(14)));
        Vm copy = minions.copy("real-disks-2", CopyOptions.defaults().name(VmName.of("real-copy")));
        vm.destroy();
        copy.start();

        assertThat(copy.exec("sh", "-c", "mount /dev/vdb /mnt; cat /root/file /mnt/file; hostname")
                        .stdout())
                .isEqualTo("kept\nkept\nreal-copy\n");
        assertThat(copy.exec("cat", "/etc/machine-id").stdout()).isNotEqualTo(machine);
        assertThat(copy.exec("cat", "/etc/ssh/ssh_host_ed25519_key.pub").stdout())
                .isNotEmpty()
                .isNotEqualTo(key);
        assertThat(copy.status().diskTotal()).isGreaterThan(ByteSize.gb(12));
        copy.destroy();
    }

    private static void disksComeAndGoAndGrowWhileItRuns(Vm vm) throws IOException {
        Path disk = RealHost.newDisk("tools.img", ByteSize.mib(16));
        try {
            assertThat(RealHost.cli("disk", "attach", "real-disks", disk.toString()))
                    .returns(0, Result::code);
            String use = "for i in $(seq 100); do [ -b /dev/vdc ] && break; sleep 0.1; done;"
                    + " mkfs.ext4 -q /dev/vdc && mount /dev/vdc /media && echo the guest was here >/media/file"
                    + " && umount /media";
            assertThat(vm.exec("sh", "-c", use)).returns(0, ExecResult::exitCode);
            assertThat(RealHost.cli("disk", "detach", "real-disks", disk.toString()))
                    .returns(0, Result::code);
            assertThat(vm.exec("ls", "/sys/block").stdout()).contains("vdb").doesNotContain("vdc");
            assertThat(Files.readString(disk, StandardCharsets.ISO_8859_1)).contains("the guest was here");
        } finally {
            Files.delete(disk);
        }
        assertThat(RealHost.cli("resize", "real-disks", "--disk", "12")).returns(0, Result::code);
        String size = vm.exec("sh", "-c", "df --output=size -B1 / | tail -1").stdout();
        assertThat(Long.parseLong(size.strip())).isGreaterThan(11_000_000_000L);
        assertThat(RealHost.cli("resize", "real-disks", "--cpus", "3"))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(1))
                .satisfies(refused -> assertThat(refused.stderr()).contains("changes neither CPUs nor memory"));
    }

    @Test
    void aVmWhoseHolderIsKilledIsGoneWithinTenSeconds() throws Exception {
        Process holder = RealHost.builder(HolderProgram.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String id;
        try (BufferedReader lines = holder.inputReader()) {
            id = lines.readLine();
            assertThat(id).isNotNull();
            assertThat(RealHost.processesOf(id)).isNotEmpty();
            holder.destroyForcibly().waitFor();
        }
        long killed = System.nanoTime();
        until("its processes are gone", () -> RealHost.processesOf(id).isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(10));
        minions.images().list();
        minions.create(spec().build(), CreateOptions.defaults().stopped())
                .destroy(); // any change recovers what the dead one left
        assertThat(RealHost.vmDirectories()).isEqualTo(before);
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
