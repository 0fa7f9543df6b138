package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.AllowedSource;
import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.CreateOptions;
import dev.minions.ExecResult;
import dev.minions.Minions;
import dev.minions.PortForward;
import dev.minions.StartOptions;
import dev.minions.StopOptions;
import dev.minions.Vm;
import dev.minions.VmSpec;
import dev.minions.net.linux.LinuxBridge;
import dev.minions.spi.process.HostCommand;
import dev.minions.testkit.Await;
import dev.minions.testkit.frame.Disguises;
import dev.minions.testkit.frame.FrameEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Real guests on the bridge, each on the hypervisor under test: what they reach and who reaches them. A network namespace
 * behind the host stands for the outside.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before the first test
class BridgeTest {
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int COPIES = 2;
    private static final String HOST_KEY = "cat /etc/ssh/ssh_host_ed25519_key.pub";
    private static final String OUTSIDE = "203.0.113.2";
    private static final String HOST_OUTSIDE = "203.0.113.1";
    private static final int PORT = 8000;
    private static final int PUBLISHED = 18_000;
    private static final byte[] GREETING = "hello\n".getBytes(StandardCharsets.US_ASCII);

    private final LinuxBridge bridge = LinuxBridge.named("br0");
    private Process outside;
    private Minions minions;
    private Vm web;
    private Vm friend;
    private Vm stranger;

    @BeforeAll
    void setUp() throws IOException {
        HostCommand.of("ip", "netns", "add", "outside").run();
        HostCommand.of("ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0", "netns", "outside")
                .run();
        HostCommand.of("ip", "address", "add", HOST_OUTSIDE + "/24", "dev", "out0")
                .run();
        HostCommand.of("ip", "link", "set", "out0", "up").run();
        HostCommand.of("ip", "-n", "outside", "address", "add", OUTSIDE + "/24", "dev", "in0")
                .run();
        HostCommand.of("ip", "-n", "outside", "link", "set", "in0", "up").run();
        outside = new ProcessBuilder(
                        "ip", "netns", "exec", "outside", "perl", "-MIO::Socket::INET", "-e", server("$c->peerhost"))
                .inheritIO()
                .start();
        bridge.init(LabHome.context());
        minions = LabHome.open(Subject.hypervisor(), bridge);
        LabHome.importGuest(minions);
        friend = create(VmSpec.builder("friend", LabHome.IMAGE));
        stranger = create(VmSpec.builder("stranger", LabHome.IMAGE));
        web = create(VmSpec.builder("web", LabHome.IMAGE)
                .allowFrom(AllowedSource.vm(friend.info().id()))
                .publish(PortForward.of(PUBLISHED, PORT)));
        web.exec(
                "sh",
                "-c",
                "perl -MIO::Socket::INET -e '" + server("'\"'hello'\"'") + "' >/dev/null 2>&1 </dev/null &");
    }

    /** Perl is on every Debian; says something to whoever comes. */
    private static String server(String words) {
        return "$s = IO::Socket::INET->new(LocalPort => " + PORT + ", Listen => 5, ReuseAddr => 1) or die;"
                + " while ($c = $s->accept) { print $c " + words + "; close $c }";
    }

    private Vm create(VmSpec.Builder spec) {
        return minions.create(
                spec.cpus(1).memory(ByteSize.mib(384)).build(),
                CreateOptions.defaults().bootTimeout(BOOT));
    }

    @AfterAll
    void takeDown() {
        outside.destroyForcibly();
        minions.list().forEach(vm -> minions.get(vm.name().value()).destroy());
        minions.close();
        bridge.undo(LabHome.context());
        HostCommand.of("ip", "netns", "del", "outside").run();
    }

    /** What a guest hears at an address, empty if nobody lets it in. */
    private static String hear(Vm vm, String address, int port) {
        ExecResult heard = vm.exec(
                Command.of("timeout", "10", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/" + port + " && cat <&3"));
        return heard.stdout();
    }

    private static String address(Vm vm) {
        return vm.info().ip().orElseThrow();
    }

    @Test
    void aGuestReachesTheOutsideWithTheHostsAddress() {
        Await.until(
                "the outside answers", SOON, () -> hear(stranger, OUTSIDE, PORT).equals(HOST_OUTSIDE));
    }

    @Test
    void aGuestReachesAnotherOnlyIfThatOneAllowsIt() {
        Await.until("web serves", SOON, () -> hear(friend, address(web), PORT).equals("hello"));

        assertThat(hear(stranger, address(web), PORT)).isEmpty();
    }

    @Test
    void theHostReachesAGuestAlsoByItsPublishedPort() throws IOException {
        Await.until("web serves", SOON, () -> hear(friend, address(web), PORT).equals("hello"));

        assertThat(read(InetAddress.getByName(address(web)), PORT)).isEqualTo("hello");
        assertThat(read(InetAddress.getLoopbackAddress(), PUBLISHED)).isEqualTo("hello");
    }

    private static String read(InetAddress address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), (int) SOON.toMillis());
            socket.setSoTimeout((int) SOON.toMillis());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aGuestReachesNoServiceOfTheHost() throws IOException {
        try (ServerSocket service = new ServerSocket(PORT + 1)) {
            Thread.ofPlatform().daemon().start(() -> greet(service));
            assertThat(read(InetAddress.getLoopbackAddress(), PORT + 1))
                    .as("the service is there")
                    .isNotEmpty();
            for (String host : List.of("10.0.0.1", HOST_OUTSIDE)) {
                assertThat(hear(stranger, host, PORT + 1)).as(host).isEmpty();
            }
        }
    }

    private static void greet(ServerSocket service) {
        try {
            while (true) {
                try (Socket caller = service.accept()) {
                    caller.getOutputStream().write(GREETING);
                }
            }
        } catch (IOException e) {
            return; // closed by the test
        }
    }

    @Test
    void aGuestHasTheAddressThatIsShown() {
        assertThat(stranger.exec("ip", "-4", "-o", "address", "show", "scope", "global")
                        .stdout())
                .contains(address(stranger) + "/16");
    }

    /** Sends frames, in hexadecimal, as they are: AF_PACKET and SOCK_RAW (packet(7)). The host refuses some lengths. */
    private static final String SEND = """
            ($device) = grep { !/\\/lo$/ } glob "/sys/class/net/*";
            open F, "$device/ifindex" or die; $index = <F>;
            socket S, 17, 3, 0 or die;
            $to = pack "S n l S C C a8", 17, 0, $index, 0, 0, 6, "";
            send S, (pack "H*", $_), 0, $to for @ARGV;
            """;

    @Test
    void aGuestThatPretendsToBeAnotherIsNotHeard() throws Exception {
        var disguises = new Disguises(
                Files.readString(Path.of("/sys/class/net/br0/address")).strip(),
                stranger.info().mac().orElseThrow().toString(),
                address(stranger),
                ip6(stranger, "global"),
                ip6(stranger, "link"),
                "10.0.0.1");
        try (FrameEnd heard = FrameEnd.listeningTo("br0")) {
            assertThat(disguises.passing(heard, this::sendFromStranger)).isEmpty();
        }
    }

    private void sendFromStranger(List<byte[]> frames) {
        List<String> perl = new ArrayList<>(List.of("-e", SEND));
        frames.forEach(frame -> perl.add(HexFormat.of().formatHex(frame)));
        assertThat(stranger.exec("perl", perl.toArray(String[]::new)).exitCode())
                .isZero();
    }

    private static String ip6(Vm vm, String scope) {
        String shown = vm.exec("ip", "-6", "-o", "address", "show", "scope", scope, "up")
                .stdout();
        Matcher address = Pattern.compile("inet6 ([0-9a-f:]+)/").matcher(shown);
        assertThat(address.find()).as(shown).isTrue();
        return address.group(1);
    }

    @Test
    void aVmAndItsCopiesAreDifferentMachinesToWhoeverLooksFromInside() {
        Await.until(
                "the guest has a host key",
                BOOT,
                () -> !inside(friend, HOST_KEY).isEmpty());
        friend.stop(StopOptions.defaults().grace(BOOT));
        List<Vm> machines = new ArrayList<>(List.of(friend));
        for (int i = 0; i < COPIES; i++) {
            machines.add(minions.copy("friend"));
        }
        machines.forEach(vm -> vm.start(StartOptions.defaults().bootTimeout(BOOT)));

        for (String question : List.of(
                HOST_KEY,
                "cat /etc/machine-id",
                "hostname",
                "cat /sys/class/net/e*/address",
                "ip -4 -o address show scope global | grep -o 'inet [0-9.]*'")) {
            assertThat(machines.stream().map(vm -> inside(vm, question)))
                    .as(question)
                    .doesNotContain("")
                    .doesNotHaveDuplicates();
        }
        assertThat(machines.stream().map(vm -> vm.info().cid())).doesNotHaveDuplicates();
        machines.stream().skip(1).forEach(Vm::destroy);
    }

    /** What a shell in the guest answers. */
    private static String inside(Vm vm, String script) {
        return vm.exec("sh", "-c", script).stdout().strip();
    }
}
