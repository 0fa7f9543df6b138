package dev.minions.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.cli.real.RealHost.Result;
import dev.minions.core.LocalMinions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The real program on hosts that are not as they should be: one clear sentence, the right exit code, and a host that is
 * left as it was.
 */
@Isolated("a boot needs the machine for itself")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BadHostTest {
    private static final int FAILED = 1;

    @TempDir
    private Path directory;

    private List<String> before;

    @BeforeEach
    void look() {
        before = RealHost.vmDirectories();
    }

    @AfterEach
    void theHostIsAsItWas() {
        assertThat(RealHost.vmDirectories()).isEqualTo(before);
        assertThat(RealHost.processesOf(directory.toString())).isEmpty();
    }

    private static void assertSaid(Result result, int code, String... words) {
        assertThat(result.stderr()).startsWith("minions: ").contains(words);
        assertThat(result).extracting(Result::code, Result::stdout).containsExactly(code, "");
    }

    @Test
    void aGuestWhoseAgentNeverAnswersIsGivenUpWithTheLastWordsOfItsConsole() {
        ImageInfo debian;
        try (Minions minions = RealHost.open()) {
            debian = minions.images().get(ImageRef.of("debian"));
        }
        Result result = RealHost.cli(
                "create",
                "silent",
                "--no-ssh-key",
                "--memory=256",
                "--boot-timeout=12s",
                "--kernel=" + debian.kernel().orElseThrow(),
                "--initrd=" + debian.initrd().orElseThrow(),
                "--cmdline=console=ttyS0 rdinit=/bin/sh");
        assertSaid(result, FAILED, "vm 'silent'", "agent did not answer within 12 s", "console ends", "panic");
        assertThat(RealHost.processesOf("silent")).isEmpty();
        assertThat(RealHost.cli("info", "silent").code()).isEqualTo(FAILED);
    }

    @Test
    void moreMemoryThanTheHostHasIsRefused() {
        assertSaid(RealHost.cli("create", "large", "--no-ssh-key", "--memory=900G"), FAILED, "memory", "900 GiB");
    }

    @Test
    void anUnknownImageIsRefusedWithTheNamesOfThoseThereAre() {
        RealHost.open().close();
        assertSaid(RealHost.cli("create", "web", "--no-ssh-key", "--image=plan9"), FAILED, "plan9", "debian");
    }

    @Test
    void aDatabaseThatIsNotOursIsLeftToTheLastByte() throws IOException, SQLException {
        Path data = Files.createDirectory(directory.resolve("foreign"));
        execute(data, "CREATE TABLE notes (text TEXT)");
        byte[] content = Files.readAllBytes(data.resolve("state.db"));
        assertSaid(on(data, "list"), FAILED, "another program");
        assertSaid(on(data, "create", "web", "--no-ssh-key"), FAILED, "another program");
        assertThat(Files.readAllBytes(data.resolve("state.db"))).isEqualTo(content);
    }

    @Test
    void aHostWithoutADataDirectoryIsLookedAtWithoutMakingOne() {
        Path data = directory.resolve("none");
        assertThat(on(data, "list", "--json").stdout()).isEqualTo("[]\n");
        assertThat(on(data, "image", "list", "--json").stdout()).isEqualTo("[]\n");
        assertThat(on(data, "doctor").stdout()).contains("qemu", "VMs can be made here");
        assertSaid(on(data, "info", "web"), FAILED, "no vm is called 'web'");
        assertThat(data).doesNotExist();
    }

    @Test
    void aDatabaseOfANewerProgramIsRefused() throws SQLException {
        Path data = directory.resolve("newer");
        LocalMinions.builder().dataDirectory(data).build().close();
        execute(data, "PRAGMA user_version = 99");
        assertSaid(on(data, "list"), FAILED, "version 99", "newer");
    }

    @Test
    void aDamagedDatabaseIsNamedWithWhatToDo() throws IOException {
        Path data = Files.createDirectory(directory.resolve("damaged"));
        Files.write(data.resolve("state.db"), new byte[8192]);
        Files.writeString(data.resolve("state.db"), "SQLite format 3\0 and then nothing that makes sense".repeat(99));
        assertSaid(on(data, "list"), FAILED, "damaged", "minions recover");
    }

    @Test
    void whereQemuIsMissingDoctorAndCreateSayWhatToInstall() throws IOException, InterruptedException {
        List<String> without = List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind /dev/null \"$(readlink -f \"$(command -v qemu-system-x86_64)\")\" && exec \"$@\"",
                "sh");
        if (new ProcessBuilder("unshare", "--mount", "true").start().waitFor() != 0) {
            System.out.println("NOT TESTED: a host without QEMU, as this user cannot hide it");
            Assumptions.abort("no mount namespace can be made");
        }
        Path data = directory.resolve("data");
        assertSaid(RealHost.cli(data, without, "create", "web", "--no-ssh-key"), FAILED, "qemu");
        Result doctor = RealHost.cli(data, without, "doctor");
        assertThat(doctor.code()).isEqualTo(FAILED);
        assertThat(doctor.stdout()).contains("apt install", "qemu-system-x86", "No VM can be made here");
    }

    @Test
    void onAFullDiskNothingIsHalfMadeAndListAndDestroyWork() throws IOException, InterruptedException {
        Path data = Files.createDirectory(directory.resolve("small"));
        if (run("mount", "-t", "tmpfs", "-o", "size=220m", "tmpfs", data.toString()) != 0) {
            System.out.println("NOT TESTED: the full disk, as this user cannot mount a small one");
            Assumptions.abort("no tmpfs can be mounted");
        }
        try {
            assertThat(on(data, "list").code()).isZero();
            Path disk = directory.resolve("disk");
            Path kernel = directory.resolve("kernel");
            Files.write(disk, new byte[4 << 20]);
            try (Minions minions = RealHost.open()) {
                Files.copy(minions.images().get(ImageRef.of("debian")).kernel().orElseThrow(), kernel);
            }
            String[] importing = {"image", "import", "--name=tiny", "--kernel=" + kernel, disk.toString()};
            assertThat(on(data, importing).stderr()).isEmpty();
            assertThat(on(data, "create", "--stopped", "--no-ssh-key", "--image=tiny", "kept")
                            .stderr())
                    .isEmpty();
            run("dd", "if=/dev/zero", "of=" + data.resolve("filler"), "bs=64k");
            Result full = on(data, "create", "--stopped", "--no-ssh-key", "--image=tiny", "--disk=64M", "web");
            assertSaid(full, FAILED, "space");
            Result list = on(data, "list", "--quiet");
            assertThat(list.stdout()).isEqualTo("kept\n");
            assertThat(on(data, "destroy", "kept").stderr()).isEmpty();
        } finally {
            assertThat(run("umount", data.toString())).isZero();
        }
    }

    private static Result on(Path data, String... arguments) {
        return RealHost.cli(data, List.of(), arguments);
    }

    private static void execute(Path data, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("state.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start()
                .waitFor();
    }
}
