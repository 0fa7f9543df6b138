package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.minions.VmId;
import dev.minions.net.linux.LinuxBridge.AtBoot;
import dev.minions.net.linux.TestBridge.Guest;
import dev.minions.spi.BackendContext;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What setting a host up changes, and that it can be undone. Run by {@link LinuxBridgeTest} in a namespace. */
@InNamespace
class SetupCases {
    private static final LinuxBridge BRIDGE = LinuxBridge.named("br0");
    private static final AtBoot AT_BOOT = new AtBoot(
            List.of("/opt/a path/minions", "init", "--persist"), List.of("/opt/a path/minions", "start", "100%"));

    private Path root;
    private BackendContext context;

    @BeforeEach
    void setUp() throws IOException {
        root = Files.createTempDirectory("ms");
        context = new BackendContext(TestBridge.INSTALLATION, Files.createDirectory(root.resolve("data")), root);
    }

    @AfterEach
    void tearDown() {
        HostCommand.of("ip", "link", "del", "br0").outcome();
        HostCommand.of("nft", "flush", "ruleset").run();
        HostDirectory.remove(root);
    }

    /** Everything of the host that setting it up could change. */
    private List<String> host() throws IOException {
        var all = new ArrayList<String>();
        for (String command : List.of(
                "ip -o link",
                "ip -o addr",
                "ip -4 route show table all",
                "ip -6 route show table all",
                "ip rule",
                "bridge link",
                "nft list ruleset")) {
            all.add(command);
            all.addAll(TestBridge.run(command.split(" ")).lines().toList());
        }
        all.addAll(below(Path.of("/proc/sys/net")));
        all.addAll(below(Path.of("/etc/systemd")));
        all.addAll(below(root));
        return all;
    }

    private static List<String> below(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.endsWith("nf_conntrack_count") && !file.endsWith("flush"))
                    .sorted()
                    .map(file -> file + " " + content(file))
                    .toList();
        }
    }

    private static String content(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private static void dockersRules() {
        for (String program : List.of("iptables", "ip6tables")) {
            TestBridge.run(program, "-w", "-N", "DOCKER-USER");
            TestBridge.run(program, "-w", "-A", "FORWARD", "-j", "DOCKER-USER");
            TestBridge.run(program, "-w", "-P", "FORWARD", "DROP");
        }
    }

    private static void othersRules() {
        HostCommand.of("nft", "-f", "-").stdin("""
                        table inet firewalld {
                          chain filter_FORWARD {
                            type filter hook forward priority filter + 10; policy accept;
                            ct state established,related accept
                            ct status dnat accept
                            iifname "lo" accept
                          }
                        }
                        table ip mine {
                          set s { type ipv4_addr; elements = { 192.0.2.1 } }
                        }
                        """).run();
    }

    @Test
    void undoLeavesTheHostAsItWas() throws Exception {
        dockersRules();
        othersRules();
        HostCommand.of("sysctl", "-q", "-w", "net.ipv6.conf.eth0.accept_ra=1").run();
        List<String> before = host();

        assertThat(BRIDGE.init(context, AT_BOOT)).isNotEmpty();
        assertThat(host()).isNotEqualTo(before);
        assertThat(BRIDGE.undo(context)).isNotEmpty();

        assertThat(host()).isEqualTo(before);
        assertThat(BRIDGE.undo(context)).as("there is nothing to undo").isEmpty();
    }

    @Test
    void doneAgainItChangesNothing() throws Exception {
        dockersRules();
        assertThat(BRIDGE.init(context, AT_BOOT)).hasSize(6);
        List<String> before = host();

        assertThat(BRIDGE.init(context, AT_BOOT)).isEmpty();

        assertThat(host()).isEqualTo(before);
        BRIDGE.undo(context);
    }

    @Test
    void oneRuleOfOursIsAmongDockers() throws Exception {
        dockersRules();
        String before = TestBridge.run("iptables", "-S");

        assertThat(BRIDGE.init(context)).anyMatch(done -> done.contains("DOCKER-USER"));

        assertThat(TestBridge.run("iptables", "-S").lines())
                .filteredOn(rule -> !before.contains(rule))
                .singleElement()
                .asString()
                .startsWith("-A DOCKER-USER ")
                .contains("minions " + TestBridge.INSTALLATION);
        BRIDGE.undo(context);
    }

    @Test
    void guestsReachTheOutsideWhereDockerDropsWhatItDoesNotKnow() throws Exception {
        dockersRules();
        try (TestBridge host = new TestBridge()) {
            Guest guest = host.guest();
            assertThat(guest.pings("198.51.100.1")).isTrue();
            TestBridge.run("iptables", "-w", "-F", "DOCKER-USER");
            assertThat(guest.pings("198.51.100.1")).as("the test can tell").isFalse();
        }
    }

    @Test
    void firewalldIsAskedToTrustTheBridge() throws Exception {
        Path asked = root.resolve("asked");
        Path program = Path.of("/usr/local/sbin/firewall-cmd");
        Files.writeString(program, "#!/bin/sh\necho \"$@\" >>" + asked + "\ncase $1$2 in *query*) exit 1;; esac\n");
        try {
            program.toFile().setExecutable(true);
            assertThat(BRIDGE.init(context)).anyMatch(done -> done.contains("trusted"));
            BRIDGE.undo(context);
            assertThat(Files.readAllLines(asked))
                    .containsExactly(
                            "--state",
                            "--zone=trusted --query-interface=br0",
                            "--zone=trusted --add-interface=br0",
                            "--zone=trusted --remove-interface=br0");
        } finally {
            Files.delete(program);
        }
    }

    @Test
    void aBridgeThatIsNotOursIsRefusedAndLeftAlone() throws Exception {
        TestBridge.run("ip", "link", "add", "br0", "type", "bridge");
        List<String> before = host();
        assertThatThrownBy(() -> BRIDGE.init(context))
                .hasMessage("network 'bridge': bridge 'br0': there is such a device and it is not ours");
        assertThat(BRIDGE.undo(context)).isEmpty();
        assertThat(host()).isEqualTo(before);
    }

    @Test
    void theBridgeOfAnotherDataDirectoryIsRefused() throws Exception {
        BRIDGE.init(context);
        Path elsewhere = Files.createDirectory(root.resolve("other"));
        var other = new BackendContext("ffffffffffff", elsewhere, root);
        assertThatThrownBy(() -> BRIDGE.init(other)).hasMessageContaining("belongs to another data directory");
        assertThatThrownBy(() -> BRIDGE.open(other)).hasMessageContaining("not set up");
        assertThat(BRIDGE.undo(other)).isEmpty();
        assertThat(BRIDGE.undo(context)).isNotEmpty();
    }

    @Test
    void addressesThatAreInUseAreRefused() throws Exception {
        List<String> before = host();
        assertThatThrownBy(() -> BRIDGE.address("198.51.0.1/16").init(context))
                .hasMessageContaining("overlaps with 198.51.100.2/24 of 'eth0'");
        assertThat(host()).isEqualTo(before);
    }

    @Test
    void otherAddressesThanThoseItWasSetUpWithAreRefused() throws Exception {
        LinuxBridge other = BRIDGE.address("10.9.0.1/24").ip6("fd00:9::").dns(List.of("9.9.9.9"));
        other.init(context);
        assertThat(BRIDGE.init(context)).as("nothing said: as it is").isEmpty();
        assertThatThrownBy(() -> BRIDGE.address("10.8.0.1/24").init(context)).hasMessageContaining("10.9.0.1/24");
        assertThatThrownBy(() -> BRIDGE.withoutIp6().open(context)).hasMessageContaining("fd00:9::/64");
        try (var network = BRIDGE.open(context)) {
            assertThat(network.addresses().gateway()).isEqualTo("10.9.0.1");
            assertThat(network.addresses().dns()).containsExactly("9.9.9.9");
            assertThat(network.addresses().ip6().orElseThrow().prefix()).isEqualTo("fd00:9::");
        }
        BRIDGE.undo(context);
    }

    @Test
    void undoIsRefusedWhileVmsAreConnected() throws Exception {
        try (TestBridge host = new TestBridge()) {
            host.guest();
            assertThatThrownBy(() -> BRIDGE.undo(host.context)).hasMessageContaining("1 device is connected");
        }
    }

    @Test
    void rulesThatSomebodyFlushedAreMadeAgainForVmsThatRun() throws Exception {
        try (TestBridge host = new TestBridge()) {
            Guest guest = host.guest();
            String rules = TestBridge.run("nft", "list", "ruleset");
            TestBridge.run("nft", "flush", "ruleset");

            assertThat(host.bridge.init(host.context)).hasSize(1);

            assertThat(TestBridge.run("nft", "list", "ruleset")).isEqualTo(rules);
            assertThat(guest.pings("198.51.100.1")).isTrue();
        }
    }

    @Test
    void aBridgeThatSomebodyRemovedIsMadeAgainForVmsThatRun() throws Exception {
        try (TestBridge host = new TestBridge()) {
            Guest guest = host.guest();
            TestBridge.run("ip", "link", "del", "br0");

            assertThat(host.bridge.init(host.context)).hasSize(1);

            assertThat(guest.pings("198.51.100.1")).isTrue();
        }
    }

    @Test
    void aCardCanBeRemovedWhereSomebodyHasFlushedTheRules() throws Exception {
        try (TestBridge host = new TestBridge()) {
            var place = host.newPlace(VmId.random());
            host.network().attach(host.request(place));
            TestBridge.run("nft", "flush", "ruleset");
            host.network().detach(place);
            assertThat(TestBridge.run("ip", "-o", "link"))
                    .doesNotContain("mn" + place.vm().shortForm());
        }
    }

    @Test
    void aCardThatCannotBeMadeWholeIsNotMadeAtAll() throws Exception {
        try (TestBridge host = new TestBridge()) {
            var place = host.newPlace(VmId.random());
            TestBridge.run("nft", "flush", "chain", "netdev", "minions_br0", "guard");
            TestBridge.run("nft", "delete", "table", "inet", "minions_br0");
            List<String> before = host();
            assertThatThrownBy(() -> host.network().attach(host.request(place)))
                    .hasMessageContaining("connect vm " + place.vm().shortForm() + " to bridge 'br0'");
            assertThat(host()).isEqualTo(before);
        }
    }

    @Test
    void theDeviceBelongsToTheVmmsUserAndIsIsolated() throws Exception {
        try (TestBridge host = new TestBridge()) {
            Guest guest = host.guest();
            Path device = Path.of("/sys/class/net", Card.device(guest.vm()));
            assertThat(Files.readString(device.resolve("owner")).strip())
                    .isEqualTo(
                            Long.toString(1_879_048_192L + guest.request.place().cid()));
            assertThat(Files.readString(device.resolve("brport/isolated")).strip())
                    .isEqualTo("1");
            assertThat(Files.readString(device.resolve("brport/unicast_flood")).strip())
                    .isEqualTo("0");
        }
    }

    @Test
    void theUnitsCallUs() throws Exception {
        BRIDGE.init(context, AT_BOOT);
        Path unit = Path.of("/etc/systemd/system/minions-vms-br0.service");
        assertThat(Files.readString(unit)).contains("ExecStart=\"/opt/a path/minions\" \"start\" \"100%%\"\n");
        assertThat(Files.readSymbolicLink(
                        Path.of("/etc/systemd/system/multi-user.target.wants/minions-vms-br0.service")))
                .isEqualTo(unit);
        BRIDGE.undo(context);
        assertThat(unit).doesNotExist();
    }
}
