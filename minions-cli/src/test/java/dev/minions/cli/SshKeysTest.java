package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.SshPublicKey;
import dev.minions.cli.CliFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshKeysTest {
    private static final String OTHER = CliFixture.KEY.replace("me@here", "other");

    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    private Set<SshPublicKey> keysOf(String... options) {
        String[] words = new String[options.length + 2];
        words[0] = "create";
        words[1] = "vm" + cli.minions.size();
        System.arraycopy(options, 0, words, 2, options.length);
        Outcome outcome = cli.run(words);
        assertThat(outcome.err()).isEmpty();
        return cli.minions.vm(words[1]).spec().sshKeys();
    }

    @Test
    void theCallersOwnKeyIsLetInUnlessOthersAreGiven() {
        assertThat(keysOf()).containsExactly(SshPublicKey.of(CliFixture.KEY));
        CliFixture.write(directory.resolve("k.pub"), "# two keys\n" + OTHER + "\n\n" + OTHER + "2\n");
        assertThat(keysOf("--ssh-key", directory.resolve("k.pub").toString()))
                .containsExactlyInAnyOrder(SshPublicKey.of(OTHER), SshPublicKey.of(OTHER + "2"));
        assertThat(keysOf("--no-ssh-key")).isEmpty();
    }

    @Test
    void underSudoItIsTheKeyOfWhoeverCalledIt() {
        CliFixture.write(
                cli.etc.resolve("passwd"),
                "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::" + directory.resolve("ann") + ":/bin/sh\n");
        CliFixture.write(directory.resolve("ann/.ssh/id_rsa.pub"), OTHER);
        cli.variables.put("SUDO_USER", "ann");
        assertThat(keysOf()).containsExactly(SshPublicKey.of(OTHER));
    }

    @Test
    void variablesBeatFiles() {
        CliFixture.write(directory.resolve("k.pub"), OTHER);
        cli.variables.put("MINIONS_SSH_PUBKEY_PATH", directory.resolve("k.pub").toString());
        assertThat(keysOf()).containsExactly(SshPublicKey.of(OTHER));
        cli.variables.put("MINIONS_SSH_PUBKEY", OTHER + "3");
        assertThat(keysOf()).containsExactly(SshPublicKey.of(OTHER + "3"));
    }

    @Test
    void thatThereIsNoneIsSaidOnceAndNoFailure() throws IOException {
        Files.delete(cli.home.resolve(".ssh/id_ed25519.pub"));
        Outcome outcome = cli.run("create", "a", "b");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.err())
                .isEqualTo("minions: no SSH public key in " + cli.home
                        + "/.ssh/{id_ed25519.pub,id_ecdsa.pub,id_rsa.pub}, so nobody can log in over SSH; 'minions exec'"
                        + " works\n");
        assertThat(cli.run("create", "c", "--quiet").err()).isEmpty();
    }

    @Test
    void aFileThatHoldsSomethingElseIsNotQuoted() {
        assertRefused("root:$6$secret:19000::\n", "holds something that is not an SSH public key");
        assertRefused("-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n", "is a private key; give the public one");
        assertRefused("\n", "is empty");
        assertThat(cli.run("create", "a", "--ssh-key", "/nowhere.pub"))
                .isEqualTo(new Outcome(Exit.FAILED, "", "minions: SSH key '/nowhere.pub' is not there\n"));
    }

    private void assertRefused(String content, String message) {
        CliFixture.write(directory.resolve("k"), content);
        Outcome outcome =
                cli.run("create", "a", "--ssh-key", directory.resolve("k").toString(), "-v");
        assertThat(outcome.code()).isEqualTo(Exit.USAGE);
        assertThat(outcome.err()).contains(message).doesNotContain("secret");
    }

    @Test
    void bothOptionsAtOnceCannotBeMeant() {
        String file = cli.home.resolve(".ssh/id_ed25519.pub").toString();
        assertThat(cli.run("create", "a", "--no-ssh-key", "--ssh-key", file).err())
                .isEqualTo("minions: --ssh-key and --no-ssh-key cannot both be meant\n");
    }
}
