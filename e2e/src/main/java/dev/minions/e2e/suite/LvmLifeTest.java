package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.CreateOptions;
import dev.minions.Minions;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.Vm;
import dev.minions.VmSpec;
import dev.minions.VmState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A VM whose disk is a volume of LVM, on the hypervisor under test. */
class LvmLifeTest {
    private static final String NAME = "lvm-life";
    private static final Duration BOOT = Duration.ofMinutes(5);

    @BeforeAll
    static void importGuest() {
        try (Minions minions = LabHome.open()) {
            LabHome.importGuest(minions);
        }
    }

    @AfterAll
    static void removePool() {
        LvmHost.removePool();
    }

    @Test
    void aVmIsCreatedStoppedStartedAndDestroyedAndItsVolumeGoesWithIt() {
        // The pool is made for the installation that a data directory is, which only its engine knows: the first use
        // claims it.
        LvmHost.makePool();
        LvmHost.run("lvchange", "--deltag", "minions.owner=" + LvmHost.INSTALLATION, "lab/pool");
        try (Minions minions = LabHome.open(LvmHost.BACKEND)) {
            VmSpec spec = VmSpec.builder(NAME, LabHome.IMAGE)
                    .cpus(1)
                    .memory(ByteSize.mib(384))
                    .disk(ByteSize.gib(2))
                    .build();
            Vm vm = minions.create(spec, CreateOptions.defaults().bootTimeout(BOOT));
            assertThat(vm.exec("sh", "-c", "echo kept >/root/file; sync").succeeded())
                    .isTrue();
            assertThat(LvmHost.names("lv_tags=minions.volume=" + vm.id() + "-root"))
                    .hasSize(1);

            vm.stop(StopOptions.defaults().grace(BOOT));
            vm.start(StartOptions.defaults().bootTimeout(BOOT));
            assertThat(vm.info().state()).isEqualTo(VmState.RUNNING);
            assertThat(vm.exec("cat", "/root/file").stdout()).isEqualTo("kept\n");

            vm.destroy();
            assertThat(LvmHost.names("lv_name=~^vm")).isEqualTo(List.of());
        }
    }
}
