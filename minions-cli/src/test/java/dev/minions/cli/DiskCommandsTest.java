package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.ByteSize;
import dev.minions.VmState;
import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapshot}, {@code cp}, {@code rename}, {@code resize}, {@code disk}. */
class DiskCommandsTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
        cli.run("create", "a", "b");
    }

    @Test
    void aSnapshotIsCalledAsAskedOrAfterTheTime() {
        assertThat(cli.run("snapshot", "create", "a", "--name", "clean"))
                .isEqualTo(new Outcome(0, "kept a as clean\n", ""));
        assertThat(cli.run("snapshot", "create", "a", "b").out())
                .isEqualTo("kept a as 2026-02-03T04-05-06Z\nkept b as 2026-02-03T04-05-06Z\n");
        assertThat(cli.run("snapshot", "create", "a", "--name", "un/clean").code())
                .isEqualTo(Exit.USAGE);
        assertThat(cli.run("info", "a").out())
                .contains("snapshot:    clean of 2026-02-03T04:05:06Z")
                .contains("snapshot:    2026-02-03T04-05-06Z");
    }

    @Test
    void snapshotsAreListedRestoredAndDeleted() {
        cli.run("snapshot", "create", "a", "--name", "clean");
        assertThat(cli.run("snapshot", "list", "a").out())
                .contains("NAME    CREATED                GUEST    DISK    DATA")
                .contains("clean   2026-02-03T04:05:06Z   frozen   10 GB");
        assertThat(cli.run("snapshot", "list", "a", "--quiet").out()).isEqualTo("clean\n");
        assertThat(cli.run("snapshot", "list", "a", "--json").out())
                .isEqualTo("[{\"vm\":\"a\",\"name\":\"clean\",\"createdAt\":\"2026-02-03T04:05:06Z\","
                        + "\"guest\":\"frozen\",\"disk\":10000000000,\"data\":null}]\n");
        assertThat(cli.run("snapshot", "restore", "a", "--name", "clean").out()).isEqualTo("restored a to clean\n");
        assertThat(cli.run("snapshot", "delete", "a", "--name", "clean").out()).isEqualTo("deleted clean of a\n");
        assertThat(cli.run("snapshot", "delete", "a", "--name", "clean"))
                .isEqualTo(new Outcome(1, "", "minions: vm 'a': it has no snapshot 'clean'\n"));
        assertThat(cli.run("snapshot", "restore", "a").err()).contains("--name must say which snapshot");
    }

    @Test
    void aCopyIsNamedAsAskedOrMadeUp() {
        assertThat(cli.run("cp", "a", "c").out()).isEqualTo("copied a to c: stopped, 10.0.0.4\n");
        assertThat(cli.run("cp", "a", "c", "d").err())
                .isEqualTo("minions: unexpected word 'd'; see 'minions cp --help'\n");
        assertThat(cli.run("cp", "a", "C").code()).isEqualTo(Exit.USAGE);
        assertThat(cli.run("cp", "nobody").code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void renameTakesTheVmAndItsNewName() {
        assertThat(cli.run("rename", "a", "web").out()).isEqualTo("renamed a to web\n");
        assertThat(cli.run("rename", "web", "-q", "www").out()).isEqualTo("www\n");
        assertThat(cli.run("rename", "www").err())
                .isEqualTo("minions: NAME must be 2 words or more, got 1; see 'minions rename --help'\n");
        assertThat(cli.run("rename", "www", "x", "y").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void resizeSaysWhatTheVmHasThen() {
        cli.minions.vm("a").state(VmState.STOPPED);
        assertThat(cli.run("resize", "a", "--cpus", "1", "--memory", "2G", "--disk", "20")
                        .out())
                .isEqualTo("resized a: 1 CPU, 2048 MiB, disk 20 GB\n");
        assertThat(cli.run("resize", "b", "--cpus", "1").err()).contains("stop it first");
        assertThat(cli.run("resize", "a").err()).contains("say what to change");
    }

    @Test
    void aVmIsCreatedWithADataDisk() {
        cli.run("create", "d", "--data", "20");
        assertThat(cli.minions.vm("d").spec().data()).contains(ByteSize.gb(20));
        assertThat(cli.run("disk", "list", "d").out()).contains("/dev/vdb   data   20 GB");
    }

    @Test
    void disksOfTheHostAreAttachedListedAndDetached() {
        assertThat(cli.run("disk", "attach", "a", "/srv/one", "/srv/two:ro").out())
                .isEqualTo("attached /srv/one to a\nattached /srv/two:ro to a\n");
        assertThat(cli.run("disk", "list", "a").out())
                .contains("/dev/vda   root       10 GB   write")
                .contains("/dev/vdb   attached   -       write    /srv/one")
                .contains("/dev/vdc   attached   -       read     /srv/two");
        assertThat(cli.run("info", "a").out()).contains("attached:    /srv/two:ro");
        assertThat(cli.run("disk", "detach", "a", "/srv/one").out()).isEqualTo("detached /srv/one from a\n");
        assertThat(cli.run("disk", "list", "a", "--json").out())
                .contains("{\"device\":\"/dev/vdb\",\"kind\":\"attached\",\"size\":null,"
                        + "\"path\":\"/srv/two\",\"readOnly\":true}");
        assertThat(cli.run("disk", "attach", "a").code()).isEqualTo(Exit.USAGE);
    }
}
