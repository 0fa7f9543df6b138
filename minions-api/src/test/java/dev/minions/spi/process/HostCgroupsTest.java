package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCgroupsTest {
    private static final ResourceLimits LIMITS = new ResourceLimits("minions-abc", 1L << 30, 250, 64, 100);

    @TempDir
    Path directory;

    @Test
    void whereSystemdRunsTheHostAProcessGetsAScope() throws IOException {
        assumeTrue(HostProgram.find("systemd-run").isPresent(), "needs systemd-run");
        var cgroups = new HostCgroups(Files.createDirectory(directory.resolve("systemd")), directory);
        cgroups.make(LIMITS);

        assertThat(cgroups.words(LIMITS))
                .startsWith(HostProgram.require("systemd-run", "").toString(), "--scope")
                .contains(
                        "--unit=minions-abc.scope",
                        "--property=MemoryMax=1073741824",
                        "--property=CPUQuota=250%",
                        "--property=TasksMax=64",
                        "--property=IOWeight=100")
                .endsWith("--");
        assertThat(directory.resolve("minions")).doesNotExist();
    }

    @Test
    void elsewhereItGetsADirectoryOfItsOwn() throws IOException {
        Files.createFile(directory.resolve("cgroup.subtree_control"));
        Path group = Files.createDirectories(directory.resolve("minions/minions-abc"));
        Files.createFile(group.resolve("io.weight"));
        var cgroups = new HostCgroups(directory.resolve("none"), directory);
        assertThat(cgroups.isVersion2()).isTrue();

        cgroups.make(LIMITS);

        assertThat(group.resolve("memory.max")).hasContent("1073741824");
        assertThat(group.resolve("cpu.max")).hasContent("250000 100000");
        assertThat(group.resolve("pids.max")).hasContent("64");
        assertThat(group.resolve("io.weight")).hasContent("default 100");
        assertThat(directory.resolve("minions/cgroup.subtree_control")).hasContent("+cpu +io +memory +pids");
        assertThat(cgroups.words(LIMITS)).endsWith(group.resolve("cgroup.procs").toString());
    }

    @Test
    void aCgroupThatIsNotThereIsRemovedWithSuccess() throws IOException {
        var cgroups = new HostCgroups(directory.resolve("none"), directory);
        cgroups.remove("minions-abc");
        Path group = Files.createDirectories(directory.resolve("minions/minions-abc"));

        cgroups.remove("minions-abc");

        assertThat(group).doesNotExist();
    }

    @Test
    void aNameThatCouldBeAPathIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ResourceLimits("../other", 1, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ResourceLimits("fine", 1, 1, 1, 0));
    }
}
