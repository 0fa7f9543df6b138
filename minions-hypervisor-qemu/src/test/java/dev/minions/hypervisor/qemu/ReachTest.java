package dev.minions.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.RunAs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What a hostile guest reaches through the user network. A host is made for it, as a network namespace with addresses of
 * every kind, beside another one that plays the outside.
 */
@Isolated("it counts what the whole host has of the network")
class ReachTest {
    /** A loopback service, one on an address of a card, another address, and where clouds keep their credentials. */
    private static final List<String> HOST_ADDRESSES =
            List.of("127.0.0.1", "198.51.100.2", "203.0.113.5", "169.254.169.254", "::1", "fd00:77::2");

    private static final String OUTSIDE = "198.51.100.1";

    /** One argument, a directory; the rest is the command to run on that host. */
    private static final String HOST = """
            set -e
            ip link set lo up
            ip addr add 169.254.169.254/32 dev lo
            ip addr add 203.0.113.5/32 dev lo
            unshare --net sleep 120 &
            outside=$!
            trap 'kill $outside' EXIT
            ip link add eth0 type veth peer name far
            while ! ip link set far netns $outside 2>/dev/null || ip link show far 2>/dev/null; do :; done
            nsenter --target $outside --net ip addr add 198.51.100.1/24 dev far
            nsenter --target $outside --net ip link set far up
            ip link set eth0 up
            ip addr add 198.51.100.2/24 dev eth0
            ip -6 addr add fd00:77::2/64 dev eth0 nodad
            ip route add default via 198.51.100.1
            ip -6 route add default via fd00:77::1
            sysctl -q -w net.ipv4.ping_group_range='0 2147483647'
            if [ -c "$1/tun" ]; then mount --bind "$1/tun" /dev/net/tun; fi
            shift
            "$@"
            """;

    private Path directory = Path.of("/");

    @BeforeEach
    void makeDirectory() throws IOException {
        assumeTrue(HostUser.isRoot(), "needs root, to make a host of its own");
        for (String program : List.of("passt", "nft", "ip", "unshare", "nsenter")) {
            assumeTrue(HostProgram.find(program).isPresent(), "needs " + program);
        }
        directory = Files.createTempDirectory(
                "mqr", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    @AfterEach
    void removeDirectory() {
        if (directory.getNameCount() > 0) {
            HostDirectory.remove(directory);
        }
    }

    @Test
    void aHostileGuestReachesTheOutsideAndNothingOfTheHost() {
        String said = onThatHost(java(classPath(), "tear-down"));

        assertThat(said).contains("network user-mode network (passt), kept from the host by nftables");
        assertConfined(said);
        assertThat(said.lines())
                .as("without the rules it does: the test can tell")
                .contains("unconfined REACHED");
        assertThat(said.lines()).as("no table is left").contains("left ");
    }

    @Test
    void neitherDoesOneThatAnUnprivilegedUserStarted() throws IOException {
        assumeTrue(HostProgram.find("pasta").isPresent(), "needs pasta");
        HostCommand.of("mknod", "--mode=666", directory.resolve("tun").toString(), "c", "10", "200")
                .run();
        Path classes = copyOfClasses();
        HostDirectory.makePrivate(directory.resolve("data"), java.util.Optional.of(RunAs.of(65_534)));
        var command = new ArrayList<>(
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--"));
        command.addAll(java(classes + "/*" + File.pathSeparator + classPathBelow(classes), "keep"));

        String said = onThatHost(command);

        assertThat(said).contains("network user-mode network (passt), kept from the host in a namespace");
        assertConfined(said);
    }

    private static void assertConfined(String said) {
        assertThat(said.lines().filter(line -> line.startsWith("tcp ") || line.startsWith("udp ")))
                .hasSize(2 * HOST_ADDRESSES.size())
                .noneMatch(line -> line.endsWith("REACHED"));
        assertThat(said.lines().filter(line -> line.startsWith("ping ")))
                .hasSize(4)
                .noneMatch(line -> line.endsWith("REACHED"));
        assertThat(said.lines()).as("the way out").contains("outside REACHED");
        assertThat(said.lines()).as("the way in").contains("published true");
    }

    private String onThatHost(List<String> command) {
        var argv = new ArrayList<>(
                List.of("unshare", "--net", "--mount", "--", "sh", "-c", HOST, "sh", directory.toString()));
        argv.addAll(command);
        HostCommand.Result result =
                HostCommand.of(argv).within(Duration.ofSeconds(90)).outcome();
        assertThat(result.exitCode())
                .as(result.stdout() + "\n" + result.stderr())
                .isZero();
        return result.stdout();
    }

    private List<String> java(String classPath, String end) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                ReachProgram.class.getName(),
                directory.resolve("data").toString(),
                OUTSIDE,
                end));
        command.addAll(HOST_ADDRESSES);
        return command;
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** Where another user can read them; the program needs no library. */
    private Path copyOfClasses() throws IOException {
        Path copies = Files.createDirectory(directory.resolve("classes"));
        Files.setPosixFilePermissions(copies, PosixFilePermissions.fromString("rwxr-xr-x"));
        int number = 0;
        for (String entry : classPath().split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isRegularFile(path.resolve("dev/minions/spi/Network.class"))
                    || Files.isDirectory(path.resolve("dev/minions/hypervisor/qemu"))) {
                HostCommand.of("cp", "-r", entry, copies.resolve("" + number++).toString())
                        .run();
            } else if (path.getFileName().toString().startsWith("minions-")) {
                Files.copy(path, copies.resolve(path.getFileName()));
            }
        }
        HostCommand.of("chmod", "-R", "a+rX", copies.toString()).run();
        return copies;
    }

    private static String classPathBelow(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return String.join(File.pathSeparator, entries.map(Path::toString).toList());
        }
    }
}
