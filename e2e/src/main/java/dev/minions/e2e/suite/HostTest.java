package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.process.HostCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a host needs for everything that Minions can do: a lab that lacks some of it would test something else. */
class HostTest {
    /** The spare disk: the guest's third, after its root and what the lab took in. */
    private static final String SPARE_DISK = "/dev/vdc";

    @Test
    void systemdRunsIt() {
        assertThat(run("systemctl", "is-system-running", "--wait")).isIn("running\n", "degraded\n");
        assertThat(Path.of("/sys/fs/cgroup/cgroup.controllers"))
                .as("cgroups of version 2")
                .exists();
    }

    @Test
    void itHasKvmVsockAndTapDevices() {
        for (String device : new String[] {"/dev/kvm", "/dev/vhost-vsock", "/dev/net/tun"}) {
            assertThat(Path.of(device)).isReadable().isWritable();
        }
    }

    @Test
    void aThinPoolGivesSnapshots() {
        run("vgcreate", "--yes", "lab", SPARE_DISK);
        try {
            run("lvcreate", "--type", "thin-pool", "--size", "1g", "--name", "pool", "lab");
            run("lvcreate", "--thin", "--virtualsize", "64m", "--name", "origin", "lab/pool");
            run("lvcreate", "--snapshot", "--setactivationskip", "n", "--name", "copy", "lab/origin");
            assertThat(Path.of("/dev/lab/copy")).exists();
        } finally {
            run("vgremove", "--yes", "lab");
        }
    }

    @Test
    void aBridgeTakesATapAndNftablesFiltersIt() {
        run("ip", "link", "add", "lab0", "type", "bridge");
        try {
            run("ip", "tuntap", "add", "lab1", "mode", "tap");
            run("ip", "link", "set", "lab1", "master", "lab0");
            run(
                    "nft",
                    "add table bridge lab; add chain bridge lab f { type filter hook forward priority 0; };"
                            + " add rule bridge lab f iifname lab1 ether saddr != 52:54:00:00:00:03 drop");
            run("nft", "delete table bridge lab");
            run("ip", "link", "delete", "lab1");
        } finally {
            run("ip", "link", "delete", "lab0");
        }
    }

    /** Without the script that starts it: on a host this slow, what it prepares for later starts takes a minute. */
    @Test
    void theDistributionFindsKvm() {
        String report = run(
                "java",
                "-XX:TieredStopAtLevel=1",
                "-Dminions.home=" + Subject.product(""),
                "-cp",
                Subject.product("lib/minions-cli.jar").toString(),
                "dev.minions.cli.Main",
                "doctor");
        assertThat(report).containsPattern("hypervisor +qemu +QEMU [0-9.]+ with KVM");
    }

    private static String run(String... argv) {
        HostCommand.Result result =
                HostCommand.of(List.of(argv)).within(Duration.ofMinutes(4)).outcome();
        assertThat(result.exitCode())
                .as("exit code of %s, which said: %s%s", List.of(argv), result.stdout(), result.stderr())
                .isZero();
        return result.stdout();
    }
}
