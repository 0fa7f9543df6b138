package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs a test class in a JVM of its own, in a network and a mount namespace of its own: a host to change at will. It
 * has a card {@code eth0} with 198.51.100.2/24 and 2001:db8:1::2/64; on its other end is another namespace, the
 * outside, with 198.51.100.1 and 2001:db8:1::1, which knows no way to any guest. The process {@code $OUTSIDE} lives
 * there.
 */
final class Namespace {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final String HOST = """
            set -e
            mount -t sysfs sysfs /sys
            mkdir -p /etc/systemd/system
            mount -t tmpfs tmpfs /etc/systemd
            ip link set lo up
            unshare --net sleep 600 &
            OUTSIDE=$!
            export OUTSIDE
            trap 'kill $OUTSIDE' EXIT
            ip link add eth0 type veth peer name far
            while ! ip link set far netns $OUTSIDE 2>/dev/null || ip link show far 2>/dev/null; do :; done
            nsenter --target $OUTSIDE --net ip link set lo up
            nsenter --target $OUTSIDE --net ip addr add 198.51.100.1/24 dev far
            nsenter --target $OUTSIDE --net ip -6 addr add 2001:db8:1::1/64 dev far nodad
            nsenter --target $OUTSIDE --net ip link set far up
            ip addr add 198.51.100.2/24 dev eth0
            ip -6 addr add 2001:db8:1::2/64 dev eth0 nodad
            # No address of the kernel's own: it is tentative for a second, and tests compare the host with what it was.
            ip link set eth0 addrgenmode none
            ip link set eth0 up
            ip route add default via 198.51.100.1
            ip -6 route add default via 2001:db8:1::1
            # A refusal a second to each address is enough for a host, and too few for tests.
            sysctl -q -w net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
            "$@"
            """;

    private Namespace() {}

    /** The class's tests, each with what became of it there. Skipped, loudly, where no such host can be made. */
    static Stream<DynamicTest> run(Class<?> tests) {
        assumeTrue(HostUser.isRoot(), "needs root, to make a host of its own");
        for (String program : List.of("nft", "ip", "bridge", "unshare", "nsenter", "perl")) {
            assumeTrue(HostProgram.find(program).isPresent(), "needs " + program);
        }
        HostCommand.Result result = HostCommand.of(
                        "unshare",
                        "--net",
                        "--mount",
                        "--",
                        "sh",
                        "-c",
                        HOST,
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-D" + InNamespace.PROPERTY + "=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NamespaceMain.class.getName(),
                        tests.getName())
                .within(LIMIT)
                .outcome();
        List<DynamicTest> found = result.stdout()
                .lines()
                .map(line -> line.split("\t", -1))
                .filter(line -> line.length == 3)
                .map(line -> DynamicTest.dynamicTest(line[1], () -> replay(line[0], line[2])))
                .toList();
        assertThat(found).as(result.stdout() + "\n" + result.stderr()).isNotEmpty();
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return found.stream();
    }

    private static void replay(String how, String encoded) {
        String why = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        switch (how) {
            case "SUCCESSFUL" -> assertThat(why).isEmpty();
            case "FAILED" -> throw new AssertionError("in its namespace: " + why);
            default -> abort(why);
        }
    }
}
