package dev.minions.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.Request.ConfigureNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent does for a host, in a directory that stands for the guest's root. */
@Timeout(30)
class ServicesTest {
    private static final ConfigureNetwork NETWORK =
            new ConfigureNetwork("10.0.0.2/16", "10.0.0.1", List.of("1.1.1.1", "9.9.9.9"), null, null, null);

    private static final byte[] ENTROPY = {1, 2, 3};

    @TempDir
    private Path directory;

    private TestGuest guest;
    private Services services;

    @BeforeEach
    void start() throws IOException {
        guest = TestGuest.start(directory);
        services = guest.services();
        Files.createDirectories(guest.file("/dev"));
    }

    @AfterEach
    void stop() throws IOException {
        guest.close();
    }

    /** The same guest's agent, started anew. */
    private Services anew() {
        return new Services(new GuestRoot(guest.file("/")), "anew");
    }

    private Path put(String path, String text) throws IOException {
        Path file = guest.file(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void putCard(String name, String mac) throws IOException {
        Files.createDirectories(guest.file("/sys/class/net/" + name + "/device"));
        put("/sys/class/net/" + name + "/address", mac + "\n");
    }

    private void refused(Request request, Failure failure, String part) {
        assertThatExceptionOfType(GuestFailure.class)
                .isThrownBy(() -> services.fulfil(request))
                .withMessageContaining(part)
                .satisfies(e -> assertThat(e.answer().failure()).isEqualTo(failure));
    }

    private static void skip(String what) {
        String message = "NOT TESTED: " + what;
        System.out.println(message);
        abort(message);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void healthIsReadAnewEachTime() throws Exception {
        assertThat(services.fulfil(new Request.HealthCheck())).isEqualTo(new Answer.Health(12, "guest", 1));
        put("/proc/sys/kernel/hostname", "renamed\n");
        put("/proc/uptime", "99.99 1.00\n");
        assertThat(services.fulfil(new Request.HealthCheck())).isEqualTo(new Answer.Health(99, "renamed", 1));
    }

    @Test
    void whatAGuestWithoutProcCannotSayDoesNotKeepItFromAnswering() throws Exception {
        Services bare = new Services(new GuestRoot(directory.resolve("nothing")), "bare");
        assertThat(bare.fulfil(new Request.HealthCheck())).isEqualTo(new Answer.Health(0, "", 1));
        Answer.Status status = (Answer.Status) bare.fulfil(new Request.ReportStatus());
        assertThat(status.cpuUsagePercent()).isNull();
        assertThat(status.networkRxBytes()).isNull();
        assertThat(status.loadAverage()).isNull();
    }

    @Test
    void theStatusOfThisMachineIsPlausible() throws Exception {
        Services real = new Services(GuestRoot.real(), "real");
        Answer.Status status = (Answer.Status) real.fulfil(new Request.ReportStatus());
        assertThat(status.uptimeSeconds()).isPositive();
        assertThat(status.memoryTotal()).isBetween(128L << 20, 1L << 50);
        assertThat(status.memoryUsed()).isBetween(1L, status.memoryTotal());
        assertThat(status.diskTotal())
                .isEqualTo(Files.getFileStore(Path.of("/")).getTotalSpace());
        assertThat(status.diskUsed()).isBetween(1L, status.diskTotal());
        assertThat(status.cpuUsagePercent()).isBetween(0.0, 100.0);
        assertThat(status.loadAverage()).isNotNegative();
    }

    @Test
    void theNetworksFiguresAreThoseOfTheFirstRealCard() throws Exception {
        putCard("ens3", "52:54:00:00:00:01");
        put("/sys/class/net/ens3/statistics/rx_bytes", "123\n");
        put("/sys/class/net/ens3/statistics/tx_bytes", "456\n");
        put("/sys/class/net/docker0/statistics/rx_bytes", "7\n");
        put("/sys/class/net/docker0/statistics/tx_bytes", "7\n");
        Answer.Status status = (Answer.Status) services.fulfil(new Request.ReportStatus());
        assertThat(status.networkRxBytes()).isEqualTo(123);
        assertThat(status.networkTxBytes()).isEqualTo(456);
    }

    @Test
    void theNetworkIsConfiguredAndItsNameServersAreWritten() throws Exception {
        putCard("eth0", "52:54:00:00:00:01");
        assertThat(services.fulfil(NETWORK)).isEqualTo(new Answer.Done("configured eth0 with 10.0.0.2/16"));
        assertThat(guest.file("/etc/resolv.conf")).hasContent("nameserver 1.1.1.1\nnameserver 9.9.9.9\n");
        assertThat(mode(guest.file("/var/lib/minions-agent/network.json"))).isEqualTo("rw-------");
    }

    @Test
    void ipTakesTheAgentsWordsAndAnotherConfigurationReplacesThem() throws Exception {
        ConfigureNetwork first =
                new ConfigureNetwork("10.9.9.9/24", "10.9.9.1", List.of(), "fd00:9::9/64", "fd00:9::1", null);
        String script = GuestNetwork.script(first, "eth0") + GuestNetwork.script(NETWORK, "eth0");
        Process process = new ProcessBuilder(
                        "unshare", "--net", "sh", "-ec", "ip tuntap add eth0 mode tap; ip -batch -; ip addr; ip route")
                .redirectErrorStream(true)
                .start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(script.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            skip("the words for 'ip', since this machine makes no network namespace: " + e.getMessage());
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 && !output.contains("batch")) {
            skip("the words for 'ip', since this machine makes no network namespace: " + output.strip());
        }
        assertThat(output)
                .contains("inet 10.0.0.2/16", "default via 10.0.0.1 dev eth0")
                .doesNotContain("10.9.9", "fd00:9", "Command failed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.2",
                "10.0.0.2/33",
                "10.0.0.2/0",
                "10.0.0.256/16",
                "10.0.0.2/16\nlink set dev eth0 down",
                "10.0.0.2/16 dev lo",
                "fe80::1%eth0/64",
                "web/16",
                ""
            })
    void whatIsNoAddressIsRefusedAndNothingIsChanged(String ip) throws IOException {
        putCard("eth0", "52:54:00:00:00:01");
        refused(
                new ConfigureNetwork(ip, "10.0.0.1", List.of("1.1.1.1"), null, null, null),
                Failure.BAD_REQUEST,
                "field 'ip' is '");
        refused(
                new ConfigureNetwork("10.0.0.2/16", "web", List.of("1.1.1.1"), null, null, null),
                Failure.BAD_REQUEST,
                "field 'gateway' is 'web', not an address");
        refused(
                new ConfigureNetwork("10.0.0.2/16", null, List.of("1.1.1.1\noptions debug"), null, null, null),
                Failure.BAD_REQUEST,
                "field 'dns' is '1.1.1.1?options debug', not an address");
        assertThat(guest.file("/etc/resolv.conf")).doesNotExist();
        assertThat(guest.file("/var/lib/minions-agent/network.json")).doesNotExist();
    }

    @Test
    void aCardThatIsNotThereIsSaid() throws IOException {
        refused(NETWORK, Failure.FAILED, "the guest has no network card");
        putCard("eth0", "52:54:00:00:00:01");
        ConfigureNetwork other = new ConfigureNetwork("10.0.0.2/16", null, List.of(), null, null, "eth7");
        refused(other, Failure.FAILED, "the guest has no 'eth7'");
        ConfigureNetwork escape = new ConfigureNetwork("10.0.0.2/16", null, List.of(), null, null, "../../../etc");
        refused(escape, Failure.BAD_REQUEST, "not a device's name");
    }

    @Test
    void theNetworkIsRememberedOverARestart() throws Exception {
        putCard("eth0", "52:54:00:00:00:01");
        assertThat(anew().network().restore()).isFalse();
        services.fulfil(NETWORK);
        Files.delete(guest.file("/etc/resolv.conf"));
        assertThat(anew().network().restore()).isTrue();
        assertThat(guest.file("/etc/resolv.conf")).hasContent("nameserver 1.1.1.1\nnameserver 9.9.9.9\n");
    }

    @Test
    void aCopyDoesNotTakeTheAddressOfTheOneItWasMadeFrom() throws Exception {
        putCard("eth0", "52:54:00:00:00:01");
        services.fulfil(NETWORK);
        put("/sys/class/net/eth0/address", "52:54:00:00:00:02\n");
        assertThat(anew().network().restore()).isFalse();
        put("/sys/class/net/eth0/address", "52:54:00:00:00:01\n");
        assertThat(anew().network().restore()).isTrue();
        put("/proc/cmdline", "minions.vm=0190a5b0-0000-7000-8000-00000000000b\n");
        assertThat(anew().network().restore()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"ip\":\"10.0.0.2/16\\nlink\"}", "[]", "{\"ip\":5}"})
    void aMemoryThatIsNoneIsNotApplied(String memory) throws Exception {
        putCard("eth0", "52:54:00:00:00:01");
        put("/var/lib/minions-agent/network.json", memory);
        assertThat(anew().network().restore()).isFalse();
    }

    private void write(String path, String content, @Nullable Integer mode, boolean append) throws Exception {
        services.fulfil(new Request.WriteFile(path, content.getBytes(StandardCharsets.UTF_8), mode, append, true));
    }

    @Test
    void aFileIsWrittenWithItsDirectoriesAndTheUsualMode() throws Exception {
        write("/srv/a/b/c", "text", null, false);
        assertThat(guest.file("/srv/a/b/c")).hasContent("text");
        assertThat(mode(guest.file("/srv/a/b/c"))).isEqualTo("rw-r--r--");
        assertThat(mode(guest.file("/srv/a/b"))).isEqualTo("rwxr-xr-x");
    }

    @Test
    void aFileGetsTheModeAskedForAndKeepsItUnlessAnotherIsAsked() throws Exception {
        write("/srv/key", "1", 0600, false);
        write("/srv/key", "2", null, false);
        assertThat(guest.file("/srv/key")).hasContent("2");
        assertThat(mode(guest.file("/srv/key"))).isEqualTo("rw-------");
        write("/srv/key", "3", 0755, true);
        assertThat(guest.file("/srv/key")).hasContent("23");
        assertThat(mode(guest.file("/srv/key"))).isEqualTo("rwxr-xr-x");
        refused(
                new Request.WriteFile("/srv/key", new byte[0], 010000, false, true),
                Failure.BAD_REQUEST,
                "mode 10000 is no file's mode");
    }

    @Test
    void aFileIsAppendedToAndMadeIfItIsNotThere() throws Exception {
        write("/var/log/a", "one\n", null, true);
        write("/var/log/a", "two\n", null, true);
        assertThat(guest.file("/var/log/a")).hasContent("one\ntwo\n");
    }

    @Test
    void aReaderSeesTheOldOrTheNewFileAndNeverAnythingElse() throws Exception {
        String old = "a".repeat(300_000);
        String fresh = "b".repeat(200_000);
        write("/srv/file", old, null, false);
        AtomicBoolean done = new AtomicBoolean();
        List<String> strange = new ArrayList<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                try {
                    String seen = Files.readString(guest.file("/srv/file"));
                    if (!seen.equals(old) && !seen.equals(fresh)) {
                        strange.add(seen.length() + " characters");
                    }
                } catch (IOException e) {
                    strange.add(e.toString());
                }
            }
        });
        for (int i = 0; i < 50; i++) {
            write("/srv/file", i % 2 == 0 ? fresh : old, null, false);
        }
        done.set(true);
        reader.join();
        assertThat(strange).isEmpty();
        try (Stream<Path> left = Files.list(guest.file("/srv"))) {
            assertThat(left).containsExactly(guest.file("/srv/file"));
        }
    }

    @Test
    void aFileIsWrittenThroughALinkAndTheLinkStays() throws Exception {
        put("/run/real", "old");
        Path link = Files.createSymbolicLink(guest.file("/etc/link"), Path.of("../run/real"));
        write("/etc/link", "new", null, false);
        assertThat(link).isSymbolicLink();
        assertThat(guest.file("/run/real")).hasContent("new");
    }

    @Test
    void aLinkLaidWhereTheTemporaryFileWillBeIsNotFollowed() throws Exception {
        Path victim = put("/etc/shadow", "secret");
        Files.createDirectories(guest.file("/tmp"));
        int links = 1000;
        for (int i = 0; i < links; i++) {
            Files.createSymbolicLink(guest.file("/tmp/.a.minions-" + i), victim);
        }
        write("/tmp/a", "mine", null, false);
        assertThat(victim).hasContent("secret");
        assertThat(guest.file("/tmp/a")).hasContent("mine");
        try (Stream<Path> left = Files.list(guest.file("/tmp"))) {
            assertThat(left)
                    .as("the file, and all links but the one in its way")
                    .hasSize(1 + links - 1);
        }
    }

    @Test
    void whatIsNoFileIsRefused() throws Exception {
        Files.createDirectories(guest.file("/srv"));
        assertThat(new ProcessBuilder("mkfifo", guest.file("/srv/pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        for (boolean append : List.of(true, false)) {
            refused(
                    new Request.WriteFile("/srv/pipe", new byte[1], null, append, true),
                    Failure.BAD_REQUEST,
                    "'/srv/pipe' is no file in the guest");
        }
        refused(new Request.WriteFile("/srv", new byte[1], null, false, true), Failure.BAD_REQUEST, "is a directory");
        refused(new Request.WriteFile("a", new byte[1], null, false, true), Failure.BAD_REQUEST, "absolute path");
        refused(new Request.WriteFile("/srv/", new byte[1], null, false, true), Failure.BAD_REQUEST, "absolute path");
        refused(new Request.WriteFile("/a\0b", new byte[1], null, false, true), Failure.BAD_REQUEST, "absolute path");
    }

    @Test
    void aFileThatCannotBeWrittenLeavesNothing() throws Exception {
        put("/srv/file", "here");
        assertThatIOException().isThrownBy(() -> write("/srv/file/below", "text", null, false));
        assertThat(guest.file("/srv/file")).hasContent("here");
    }

    @Test
    void aReplacedFileStaysItsOwnersWithItsModeAndASshDirectoryIsItsUsers() throws Exception {
        if (!isRoot()) {
            skip("owners of files, since only root can give one away");
        }
        Path tool = put("/srv/tool", "old");
        Files.setAttribute(tool, "unix:uid", 65534);
        write("/srv/tool", "new", 04755, false);
        assertThat(Files.getAttribute(tool, "unix:uid")).isEqualTo(65534);
        assertThat((Integer) Files.getAttribute(tool, "unix:mode") & 07777).isEqualTo(04755);
        Files.createDirectories(guest.file("/home/bob"));
        Files.setAttribute(guest.file("/home/bob"), "unix:uid", 65534);
        write("/home/bob/.ssh/authorized_keys", "ssh-ed25519 A\n", 0600, false);
        assertThat(mode(guest.file("/home/bob/.ssh"))).isEqualTo("rwx------");
        assertThat(Files.getAttribute(guest.file("/home/bob/.ssh"), "unix:uid")).isEqualTo(65534);
        assertThat(Files.getAttribute(guest.file("/home/bob/.ssh/authorized_keys"), "unix:uid"))
                .isEqualTo(65534);
    }

    @Test
    void aFileIsReadInPieces() throws Exception {
        write("/srv/file", "0123456789", null, false);
        Answer.FileContent piece = (Answer.FileContent) services.fulfil(new Request.ReadFile("/srv/file", 8, 5));
        assertThat(piece.size()).isEqualTo(10);
        assertThat(piece.content()).asString(StandardCharsets.US_ASCII).isEqualTo("89");
        refused(new Request.ReadFile("/srv/absent", 0, 5), Failure.NOT_FOUND, "'/srv/absent' is not in the guest");
        refused(new Request.ReadFile("/srv", 0, 5), Failure.BAD_REQUEST, "'/srv' is no file in the guest");
        refused(new Request.ReadFile("/srv/file", -1, 5), Failure.BAD_REQUEST, "field 'offset' is -1");
    }

    private static Request.SetIdentity identity(@Nullable String name, @Nullable List<String> keys) {
        return new Request.SetIdentity(name, keys, false, false, ENTROPY);
    }

    @Test
    void theGuestIsRenamedWhereverItsNameStands() throws Exception {
        put("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 guest\n::1 localhost\n");
        services.fulfil(identity("web-1", null));
        assertThat(guest.file("/etc/hostname")).hasContent("web-1\n");
        assertThat(guest.file("/etc/hosts")).hasContent("127.0.0.1 localhost\n::1 localhost\n127.0.1.1 web-1\n");
        assertThat(services.fulfil(new Request.HealthCheck())).isEqualTo(new Answer.Health(12, "web-1", 1));
        assertThat(guest.file("/root/.ssh")).doesNotExist();
        assertThat(guest.file("/dev/urandom")).hasBinaryContent(ENTROPY);
    }

    @Test
    void theKeysThatMayLogInAreThoseAndNoOthers() throws Exception {
        services.fulfil(identity(null, List.of("ssh-ed25519 A", "ssh-ed25519 B")));
        services.fulfil(identity(null, List.of("ssh-ed25519 C")));
        assertThat(guest.file("/root/.ssh/authorized_keys")).hasContent("ssh-ed25519 C\n");
        assertThat(mode(guest.file("/root/.ssh/authorized_keys"))).isEqualTo("rw-------");
        assertThat(mode(guest.file("/root/.ssh"))).isEqualTo("rwx------");
        services.fulfil(identity(null, List.of()));
        assertThat(guest.file("/root/.ssh/authorized_keys")).isEmptyFile();
    }

    @Test
    void anIdentityIsCheckedBeforeAnyOfItIsChanged() {
        for (String name : List.of("", "Web", "a.b", "-a", "a-", "a".repeat(64), "a\nb")) {
            refused(identity(name, List.of("ssh-ed25519 A")), Failure.BAD_REQUEST, "cannot be a guest's name");
        }
        refused(identity("web", List.of("ssh-ed25519 A\nssh-ed25519 B")), Failure.BAD_REQUEST, "must be one line");
        assertThat(guest.file("/etc/hostname")).doesNotExist();
        assertThat(guest.file("/root/.ssh")).doesNotExist();
        assertThat(guest.file("/dev/urandom")).doesNotExist();
    }

    @Test
    void aNewMachineIdIsWrittenWhereverItStands() throws Exception {
        put("/proc/sys/kernel/random/uuid", "01234567-89ab-cdef-0123-456789abcdef\n");
        put("/etc/machine-id", "old\n");
        put("/var/lib/dbus/machine-id", "old\n");
        services.fulfil(new Request.SetIdentity(null, null, true, false, ENTROPY));
        assertThat(guest.file("/etc/machine-id")).hasContent("0123456789abcdef0123456789abcdef\n");
        assertThat(guest.file("/var/lib/dbus/machine-id")).hasContent("0123456789abcdef0123456789abcdef\n");
        assertThat(mode(guest.file("/etc/machine-id"))).isEqualTo("r--r--r--");
    }

    @Test
    void newHostKeysTakeThePlaceOfAllOldOnes() throws Exception {
        if (ShortCommand.find("ssh-keygen") == null) {
            skip("new SSH host keys, since this machine has no ssh-keygen");
        }
        put("/etc/ssh/ssh_host_dsa_key", "old");
        put("/etc/ssh/ssh_host_ed25519_key", "old");
        put("/etc/ssh/sshd_config", "kept");
        services.fulfil(new Request.SetIdentity(null, null, false, true, ENTROPY));
        assertThat(guest.file("/etc/ssh/ssh_host_dsa_key")).doesNotExist();
        assertThat(Files.readString(guest.file("/etc/ssh/ssh_host_ed25519_key")))
                .contains("PRIVATE KEY");
        assertThat(guest.file("/etc/ssh/sshd_config")).hasContent("kept");
    }

    @Test
    void aGuestWithoutHostKeysMakesItsOwnLater() throws Exception {
        put("/etc/ssh/sshd_config", "kept");
        services.fulfil(new Request.SetIdentity(null, null, false, true, ENTROPY));
        assertThat(guest.file("/etc/ssh").toFile().list()).containsExactly("sshd_config");
    }

    @Test
    void aTimeBefore1970IsRefused() {
        refused(new Request.SyncTime(-1), Failure.BAD_REQUEST, "field 'unix_ms' is -1, before 1970");
    }

    @Test
    void aFreezeEndsWithItsThawAndOnlyOneHoldsAtATime() throws Exception {
        services.fulfil(new Request.Freeze(2000));
        refused(new Request.Freeze(2000), Failure.BUSY, "the guest is frozen already");
        services.fulfil(new Request.Thaw());
        refused(new Request.Thaw(), Failure.FAILED, "the guest is not frozen: its time was over");
        services.fulfil(new Request.Freeze(2000));
        services.fulfil(new Request.Thaw());
    }

    @Test
    void aFreezeEndsByItselfAndAThawAfterwardsSaysSo() throws Exception {
        services.fulfil(new Request.Freeze(1));
        dev.minions.agent.Await.until("it has ended by itself", () -> {
            try {
                services.fulfil(new Request.Freeze(1));
                return true;
            } catch (GuestFailure busy) {
                return false;
            }
        });
        dev.minions.agent.Await.until("that too", () -> {
            try {
                services.fulfil(new Request.Thaw());
                services.fulfil(new Request.Freeze(1));
                return false;
            } catch (GuestFailure over) {
                return over.answer().failure() == Failure.FAILED;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2001, Integer.MAX_VALUE})
    void aFreezeIsNeverLongerThanAGuestStands(int millis) {
        refused(new Request.Freeze(millis), Failure.BAD_REQUEST, "field 'hold_ms' is " + millis + ", not 1 to 2000");
    }

    @Test
    void aFreezeThatFailsHoldsNothing() throws Exception {
        put("/proc/mounts", "/dev/absent " + directory.resolve("absent") + " ext4 rw,relatime 0 0\n");
        assertThatIOException().isThrownBy(() -> services.fulfil(new Request.Freeze(100)));
        put("/proc/mounts", "proc /proc proc rw 0 0\n/dev/sr0 /media iso9660 ro 0 0\n");
        services.fulfil(new Request.Freeze(2000));
        services.fulfil(new Request.Thaw());
    }

    @Test
    void aCommandOfTheAgentsOwnThatFailsSaysSoInItsWords() {
        assertThatIOException()
                .isThrownBy(() -> ShortCommand.run("", "sh", "-c", "echo no luck >&2; exit 3"))
                .withMessage("'sh' exited with 3: no luck");
        assertThatIOException()
                .isThrownBy(() -> ShortCommand.run("", "no-such-tool"))
                .withMessage("'no-such-tool' is not in the guest");
    }
}
