package dev.minions.testkit.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LookTest {
    @Test
    void whatDiffersFromOneVmToTheNextIsTakenOut() {
        assertThat(Look.like("process 123 /usr/bin/qemu-system-x86_64 -name web"))
                .isEqualTo("process qemu-system-x86_64");
        assertThat(Look.like("process 123 sh")).isEqualTo("process sh");
        assertThat(Look.like("volume vm.019aa3b2c4d57e6f8091a2b3c4d5e6f7.root writeable"))
                .isEqualTo("volume vm.ID.root writeable");
        assertThat(Look.like("network-device mn0a1b2c3d4e5f")).isEqualTo("network-device mnID");
        assertThat(Look.like("file /d/vms/019aa3b2-c4d5-7e6f-8091-a2b3c4d5e6f7/root.raw"))
                .isEqualTo("file /d/vms/ID/root.raw");
        assertThat(Look.like("packet-filter table inet minions_br0 | map tags4 | element 10.0.0.2 : 0x00000001"))
                .isEqualTo(
                        Look.like("packet-filter table inet minions_br0 | map tags4 | element 10.0.0.3 : 0x00000002"));
    }

    @Test
    void whatIsThereTwiceCountsTwice() {
        Look two = new Look(List.of("volume ID", "volume ID"));
        Look one = new Look(List.of("volume ID"));

        assertThat(two.moreThan(one)).containsExactly("volume ID");
        assertThat(one.moreThan(two)).isEmpty();
    }
}
