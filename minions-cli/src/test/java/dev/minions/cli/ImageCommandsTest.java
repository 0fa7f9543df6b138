package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandsTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
    }

    @Test
    void listIsATable() {
        assertThat(cli.run("image", "list")).isEqualTo(new Outcome(0, """
                 NAME     OS          ARCH     SIZE    STORED    USED BY   DIGEST
                 debian   debian 12   x86_64   2 GiB   690 MiB   1 VM      sha256:0123456789ab
                """, ""));
        assertThat(cli.run("image", "list", "-q").out()).isEqualTo("debian\n");
        assertThat(cli.run("image", "--json", "list").out()).startsWith("[{\"digest\":\"sha256:0123");
    }

    @Test
    void buildTakesPackagesSizeAndName() {
        assertThat(cli.run(
                        "image",
                        "build",
                        "debian",
                        "--include",
                        "git,curl",
                        "--include",
                        "vim",
                        "--size",
                        "4GiB",
                        "--name",
                        "dev"))
                .isEqualTo(new Outcome(
                        0, "built dev: debian 12, x86_64, 4 GiB (690 MiB stored), sha256:0123456789ab\n", ""));
        assertThat(cli.run("image", "inspect", "dev").out())
                .contains("name:        dev\n", "package:     curl 1.0\npackage:     git 1.0\npackage:     vim 1.0\n");
    }

    @Test
    void whatCannotBeBuiltIsAFailureOrAMisuse() {
        assertThat(cli.run("image", "build", "beos"))
                .isEqualTo(new Outcome(1, "", "minions: image 'beos' cannot be built; debian can\n"));
        assertThat(cli.run("image", "build", "debian", "--include", "a;b").err())
                .isEqualTo("minions: 'a;b' is not the name of a package\n");
        assertThat(cli.run("image", "build", "../x").code()).isEqualTo(Exit.USAGE);
        assertThat(cli.run("image", "build", "debian", "--size", "big").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void inspectShowsEverything() {
        assertThat(cli.run("image", "inspect", "debian").out()).isEqualTo("""
                name:        debian
                digest:      %s
                os:          debian 12
                arch:        x86_64
                size:        2 GiB
                stored:      690 MiB
                created:     2026-02-03T04:05:06Z
                agent:       0.1.0
                cmdline:     root=/dev/vda console=ttyS0
                disk:        /data/images/0123/disk
                kernel:      /data/images/0123/kernel
                used by:     web
                """.formatted(FakeMinions.DIGEST));
        assertThat(cli.run("image", "inspect", "beos").code()).isEqualTo(Exit.FAILED);
    }

    @Test
    void importNeedsANameAndTakesAKernel() {
        assertThat(cli.run("image", "import", "d.qcow2").err())
                .isEqualTo("minions: image import: --name must say what to call the image\n");
        assertThat(cli.run("image", "import", "d.qcow2", "--name", "own", "--initrd", "i")
                        .err())
                .isEqualTo("minions: an initramfs needs a kernel; pass both\n");
        assertThat(cli.run(
                                "image",
                                "import",
                                "d.qcow2",
                                "--name",
                                "own",
                                "--kernel",
                                "k",
                                "--initrd",
                                "i",
                                "--cmdline",
                                "x")
                        .out())
                .startsWith("imported own: unknown, x86_64, 1 GiB");
    }

    @Test
    void anImageThatVmsStandOnIsNotRemoved() {
        assertThat(cli.run("image", "remove", "debian"))
                .isEqualTo(new Outcome(1, "", "minions: image 'debian': vm 'web' stands on it; destroy it first\n"));
        cli.run("image", "build", "debian", "--name", "dev");
        assertThat(cli.run("image", "remove", "dev", "--json").out())
                .isEqualTo("{\"digest\":\"" + FakeMinions.DIGEST + "\",\"names\":[\"dev\"]}\n");
    }

    @Test
    void aloneItShowsWhatThereIs() {
        Outcome outcome = cli.run("image");
        assertThat(outcome.code()).isEqualTo(Exit.USAGE);
        assertThat(outcome.err()).contains("build", "list", "inspect", "remove", "import");
        assertThat(cli.run("image", "--help").code()).isZero();
        assertThat(cli.run("image", "lst").err())
                .isEqualTo("minions: there is no command 'image lst', perhaps 'image list' was meant; see 'minions"
                        + " --help'\n");
    }
}
