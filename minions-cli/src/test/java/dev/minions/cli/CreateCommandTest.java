package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.AllowedSource;
import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.DataRate;
import dev.minions.GuestFile;
import dev.minions.PortForward;
import dev.minions.SshPublicKey;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.cli.CliFixture.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreateCommandTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    @Test
    void whatIsTypedIsWhatIsAskedFor() {
        CliFixture.write(directory.resolve("app.conf"), "x");
        String words = "create web --cpus 4 --memory 2048 --disk=20 --os debian --publish 8080:80 -p 0.0.0.0:53:53"
                + " --label a=b --label c=d=e --env K=V --kernel /k --initrd /i --cmdline quiet --attach /d --attach /e:ro --idempotency-key once"
                + " --file " + directory.resolve("app.conf") + ":/etc/app.conf:0600";
        Outcome outcome = cli.run(words.split(" "));
        assertThat(outcome)
                .isEqualTo(
                        new Outcome(0, "created web: running, 10.0.0.2, 127.0.0.1:8080 -> 80, 0.0.0.0:53 -> 53\n", ""));
        assertThat(cli.minions.vm("web").spec())
                .isEqualTo(VmSpec.builder("web", "debian")
                        .cpus(4)
                        .memory(ByteSize.mib(2048))
                        .disk(ByteSize.gb(20))
                        .publish(PortForward.of(8080, 80))
                        .publish(PortForward.parse("0.0.0.0:53:53"))
                        .label("a", "b")
                        .label("c", "d=e")
                        .environment("K", "V")
                        .attach(AttachedDisk.readWrite(Path.of("/d")))
                        .attach(AttachedDisk.readOnly(Path.of("/e")))
                        .kernel(Path.of("/k"))
                        .initrd(Path.of("/i"))
                        .kernelArguments("quiet")
                        .idempotencyKey("once")
                        .file(GuestFile.text("/etc/app.conf", "x").mode(0600))
                        .sshKey(SshPublicKey.of(CliFixture.KEY))
                        .build());
    }

    @Test
    void whoMayComeIsLookedUpAndHowMuchMayPassIsRead() {
        cli.run("create", "client");
        Outcome outcome =
                cli.run("create web --allow-from client --allow-from 192.0.2.0/24 --allow-from ::1 --bandwidth 50mbit"
                        .split(" "));
        assertThat(outcome.code()).isZero();
        VmSpec spec = cli.minions.vm("web").spec();
        assertThat(spec.allowFrom())
                .containsExactlyInAnyOrder(
                        AllowedSource.vm(cli.minions.vm("client").id()),
                        AllowedSource.parse("192.0.2.0/24"),
                        AllowedSource.parse("::1"));
        assertThat(spec.bandwidth()).contains(DataRate.mbit(50));
        assertThat(cli.run("create", "other", "--allow-from", "nobody").err()).contains("nobody");
        assertThat(cli.run("create", "other", "--bandwidth", "fast").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void withoutOptionsTheDefaultsOfTheSpecHold() {
        cli.run("create", "web");
        assertThat(cli.minions.vm("web").spec())
                .isEqualTo(VmSpec.builder("web", "debian")
                        .sshKey(SshPublicKey.of(CliFixture.KEY))
                        .build());
    }

    @Test
    void severalNamesMakeSeveralAndNoNameMakesOne() {
        assertThat(cli.run("create", "a", "b", "--stopped").out())
                .isEqualTo("created a: stopped, 10.0.0.2\ncreated b: stopped, 10.0.0.3\n");
        assertThat(cli.minions.vm("a").info().state()).isEqualTo(VmState.STOPPED);
        assertThat(cli.run("create", "--quiet").out()).isEqualTo("brave-otter\n");
    }

    @Test
    void oneNameThatFailsDoesNotKeepTheOthersFromTheirTurn() {
        cli.run("create", "a");
        Outcome outcome = cli.run("create", "a", "b");
        assertThat(outcome.code()).isEqualTo(Exit.FAILED);
        assertThat(outcome.out()).isEqualTo("created b: running, 10.0.0.3\n");
        assertThat(outcome.err()).isEqualTo("minions: create vm 'a': another vm of project 'default' has the name\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--cpus 0|cpus must be 1 to 254, got 0",
                "--cpus 10000|cpus must be 1 to 254, got 10000",
                "--cpus two|--cpus must be a whole number, got 'two'",
                "--memory 1B|memory must be at least 128 MiB, got 1 bytes",
                "--memory lots|--memory 'lots' is not a size",
                "--disk 1M|disk must be 64 MiB to 16 TiB, got 1 MiB",
                "--image ../etc|image '../etc' must be a name",
                "--publish 80|'80' is not a port forward",
                "--publish 0:80|host port must be 1 to 65535, got 0",
                "--label novalue|--label 'novalue' must read KEY=VALUE",
                "--env 1A=b|variable '1A' must match",
                "--initrd /i|an initramfs of one's own needs a kernel",
                "--attach /d --attach /d:ro|disk '/d' is attached twice",
                "--attach :ro|--attach must name a file",
                "--file nowhere|--file 'nowhere' must read LOCAL:GUEST",
                "--boot-timeout soon|--boot-timeout 'soon' is not a time",
                "--wait=-1s|--wait '-1s' is not a time",
                "--wait 0|--wait must be 1ms or more, got '0'",
                "--boot-timeout 0|--boot-timeout must be 1ms or more, got '0'",
                "--boot-timeout 0.0001ms|--boot-timeout '0.0001ms' is not a time",
                "--boot-timeout 0.1ms|--boot-timeout must be 1ms or more, got '0.1ms'",
                "--boot-timeout -5|--boot-timeout",
            })
    void whatCannotBeMeantIsRefusedBeforeAnythingIsOpened(String options, String message) {
        Outcome outcome = cli.run(("create web " + options).split(" "));
        assertThat(outcome.err()).startsWith("minions: ").contains(message).hasLineCount(1);
        assertThat(outcome).extracting(Outcome::code, Outcome::out).containsExactly(Exit.USAGE, "");
        assertThat(cli.minions.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"a/b", "..", "Web", "-web", "wéb", "'a b'", "'😀'", "0123456789ab", "''"})
    void aBadNameIsRefusedBeforeAnythingIsOpened(String name) {
        Outcome outcome = cli.run("create", "good", "--", name);
        assertThat(outcome.code()).isEqualTo(Exit.USAGE);
        assertThat(outcome.err()).startsWith("minions: vm name ").hasLineCount(1);
        assertThat(cli.minions.size()).isZero();
    }

    @Test
    void aNameOf64CharactersIsRefused() {
        assertThat(cli.run("create", "a".repeat(64)).err()).contains("has 64 characters; 63 are the most");
    }

    @Test
    void anImageThatNobodyKnowsIsAFailureAndNotAMisuse() {
        Outcome outcome = cli.run("create", "web", "--image", "beos");
        assertThat(outcome)
                .isEqualTo(
                        new Outcome(1, "", "minions: image 'beos' is not here and cannot be built; there is debian\n"));
    }

    @Test
    void aFailureTellsItsLinesCleanedAndWhatIsLeftBehind() {
        Outcome outcome = cli.run("create", "web", "--image", "broken");
        assertThat(outcome.code()).isEqualTo(Exit.FAILED);
        assertThat(outcome.err()).isEqualTo("""
                minions: create vm 'web': no answer from its agent in 300 s; the console ends in:
                  Kernel ?[31mpanic
                minions: left behind: volume 'root'
                """);
    }

    @Test
    void withJsonAFailureIsAnObjectOnStandardOutput() {
        Outcome outcome = cli.run("create", "web", "--image", "broken", "--json");
        assertThat(outcome.out())
                .isEqualTo(
                        "{\"error\":{\"code\":\"boot-timeout\",\"kind\":\"timed-out\",\"message\":\"create vm 'web': no"
                                + " answer from its agent in 300 s; the console ends in:\\n  Kernel \\u001b[31mpanic\","
                                + "\"operation\":\"0198aaaa-bbbb-7ccc-8ddd-000000000001\",\"leftovers\":[\"volume 'root'\"]}}\n");
        assertThat(outcome.err()).startsWith("minions: create vm 'web': no answer");
        assertThat(cli.run("create", "web", "--cpus", "0", "--json").out())
                .startsWith("{\"error\":{\"code\":\"usage\",\"kind\":\"usage\",\"message\":\"vm: cpus must be");
        assertThat(cli.run("create", "--nonsense", "--json").out()).startsWith("{\"error\":{\"code\":\"usage\"");
    }

    @Test
    void aFaultOfOursIsOneSentenceAndATraceOnRequest() {
        Outcome outcome = cli.run("create", "web", "--image", "buggy");
        assertThat(outcome.code()).isEqualTo(Exit.FAILED);
        assertThat(outcome.err())
                .isEqualTo("minions: unexpected java.lang.IllegalStateException: bug; please report it, with what"
                        + " --verbose shows\n");
        assertThat(cli.run("create", "web", "--image", "buggy", "--verbose").err())
                .contains("\tat dev.minions.cli");
        assertThat(cli.run("create", "web", "--image", "buggy", "--json").out()).contains("\"code\":\"internal\"");
    }

    @Test
    void withJsonEachVmIsOneLine() {
        Outcome outcome = cli.run("create", "a", "b", "--json");
        assertThat(outcome.out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-"));
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void anIdempotencyKeyIsForOneVm() {
        assertThat(cli.run("create", "a", "b", "--idempotency-key", "k").err())
                .isEqualTo("minions: --idempotency-key stands for one VM; got 2 names\n");
    }

    @Test
    void aFileThatIsNotThereIsAFailure() {
        Outcome outcome = cli.run("create", "web", "--file", "/nowhere/x:/etc/x");
        assertThat(outcome.code()).isEqualTo(Exit.FAILED);
        assertThat(outcome.err()).isEqualTo("minions: --file '/nowhere/x' is not there\n");
    }

    @Test
    void progressIsShownOnATerminalAndWipedAway() {
        cli.errIsTerminal = true;
        Outcome outcome = cli.run("create", "web");
        assertThat(outcome.err())
                .isEqualTo("\r\u001b[Kcreate web: cloning disk\r\u001b[Kcreate web: booting\r\u001b[K");
        assertThat(cli.run("create", "b", "--quiet").err()).isEmpty();
        cli.errIsTerminal = false;
        assertThat(cli.run("create", "c").err()).isEmpty();
    }

    @Test
    void thatNobodyCanLogInIsSaidOnceAndOnlyOfAVmThatWasMade() throws IOException {
        Files.delete(cli.home.resolve(".ssh/id_ed25519.pub"));
        String sentence =
                "minions: no SSH public key in " + cli.home + "/.ssh/{id_ed25519.pub,id_ecdsa.pub,id_rsa.pub},"
                        + " so nobody can log in over SSH; 'minions exec' works\n";
        assertThat(cli.run("create", "a", "b").err()).isEqualTo(sentence);
        assertThat(cli.run("create", "a").err())
                .isEqualTo("minions: create vm 'a': another vm of project 'default' has the name\n");
        assertThat(cli.run("create", "a", "c").err()).endsWith(sentence);
        assertThat(cli.run("create", "d", "--quiet").err()).isEmpty();
    }

    @Test
    void aReaderThatIsGoneIsNotAnError() {
        cli.out = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThat(cli.run("create", "web"))
                .extracting(Outcome::code, Outcome::err)
                .containsExactly(141, "");
        assertThat(cli.minions.isClosed()).isTrue();
    }

    @Test
    void aFullDiskUnderStandardOutputIsAnError() {
        cli.out = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThat(cli.run("list"))
                .extracting(Outcome::code, Outcome::err)
                .containsExactly(1, "minions: standard output: No space left on device\n");
    }
}
