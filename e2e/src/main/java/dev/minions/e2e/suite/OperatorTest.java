package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What an operator does on a new host, by the command alone: sets it up, looks at what is chosen, makes a VM on the
 * bridge and in the thin pool, keeps its disk, copies it. It is left running, for {@link OperatorBootedTest}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorTest {
    /** What the host was like before it was set up, a line each. */
    static final Path BEFORE = Path.of("/var/lib/lab-operator");

    private static final String WORD = "/root/word";

    @RegisterExtension
    static final InOrder IN_ORDER = new InOrder();

    @Test
    @Order(1)
    void initIsTakenBackToTheLetter() throws IOException {
        Installed.install("[volumes]\nid = \"lvm\"\n" + Subject.configuration());
        Map<String, String> before = Installed.host();

        assertThat(Installed.minions("init", "--persist", "--lvm-file", "3GiB"))
                .contains("made thin pool", "br0", "10.0.0.1/16");
        assertThat(Installed.minions("init", "--persist")).isEqualTo("all is as it should be\n");
        assertThat(Installed.minions("init", "--undo")).contains("removed volume group");

        Map<String, String> after = Installed.host();
        after.keySet().retainAll(before.keySet()); // a kernel module brings settings, and stays
        assertThat(after).isEqualTo(before);
        Files.writeString(
                BEFORE,
                before.entrySet().stream()
                        .filter(shown -> !shown.getKey().startsWith("/proc"))
                        .map(shown -> shown.getKey() + "=" + shown.getValue().replace("\n", "|") + "\n")
                        .collect(Collectors.joining()));
    }

    @Test
    @Order(2)
    void doctorChoosesWhatTheHostHas() {
        Installed.minions("init", "--persist", "--lvm-file", "3GiB");

        assertThat(Installed.minions("doctor", "--json"))
                .contains(
                        "\"usable\":true",
                        "{\"kind\":\"hypervisor\",\"id\":\""
                                + Subject.hypervisor().id() + "\"",
                        "{\"kind\":\"volumes\",\"id\":\"lvm\"",
                        "{\"kind\":\"network\",\"id\":\"bridge\"");
    }

    @Test
    @Order(3)
    void aVmIsMadeOnTheBridgeAndInThePool() {
        Installed.minions(
                "image",
                "import",
                Subject.guestPart("disk").toString(),
                "--name",
                LabHome.IMAGE,
                "--kernel",
                Subject.guestPart("kernel").toString(),
                "--initrd",
                Subject.guestPart("initrd").toString(),
                "--cmdline",
                Subject.kernelArguments());
        Installed.minions(
                "create",
                "web",
                "--image",
                LabHome.IMAGE,
                "--cpus",
                "1",
                "--memory",
                "384",
                "--disk",
                "2GiB",
                "--no-ssh-key");

        assertThat(Installed.minions("info", "web", "--json")).contains("\"state\":\"running\"", "\"ip\":\"10.0.");
        assertThat(Installed.minions("exec", "web", "--", "ip", "-4", "-o", "address", "show", "scope", "global"))
                .contains("10.0.");
        assertThat(LvmHost.run("lvs", "--noheadings", "-o", "lv_name", "minions"))
                .contains("vm.");
    }

    @Test
    @Order(4)
    void itsDiskIsKeptAndComesBack() {
        // A running guest stands still for 2 s and no longer, in which LVM hardly starts on an emulated CPU.
        Installed.minions("exec", "web", "--", "sh", "-c", "echo before >" + WORD);
        Installed.minions("stop", "web");
        Installed.minions("snapshot", "create", "web", "--name", "clean");
        Installed.minions("start", "web");
        Installed.minions("exec", "web", "--", "sh", "-c", "echo after >" + WORD + "; sync");
        Installed.minions("stop", "web");
        Installed.minions("snapshot", "restore", "web", "--name", "clean");
        Installed.minions("start", "web");

        assertThat(Installed.minions("exec", "web", "--", "cat", WORD)).isEqualTo("before\n");
    }

    @Test
    @Order(5)
    void aCopyOfItIsAnotherMachineWithTheSameFiles() {
        Installed.minions("stop", "web");
        Installed.minions("cp", "web", "twin");
        Installed.minions("start", "twin");

        assertThat(Installed.minions("exec", "twin", "--", "cat", "/etc/hostname", WORD))
                .isEqualTo("twin\nbefore\n");
        String machine = Installed.minions("exec", "twin", "--", "cat", "/etc/machine-id");
        Installed.minions("stop", "twin");
        Installed.minions("start", "web");
        assertThat(Installed.minions("exec", "web", "--", "cat", "/etc/machine-id"))
                .isNotEqualTo(machine)
                .matches("[0-9a-f]{32}\n");
        assertThat(Installed.minions("exec", "web", "--", "cat", "/etc/hostname"))
                .isEqualTo("web\n");
    }
}
