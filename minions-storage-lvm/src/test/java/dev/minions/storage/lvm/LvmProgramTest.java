package dev.minions.storage.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a script in LVM's place. */
class LvmProgramTest {
    @TempDir
    Path directory;

    private Lvm lvm(String script) throws IOException {
        Path program = directory.resolve("lvm");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Lvm(program.toString());
    }

    @Test
    void aCommandIsGivenItsArgumentsAsTheyAre() throws IOException {
        assertThat(lvm("printf '<%s>' \"$@\"").run("lvs", "--select", "lv_tags={\"a\" && \"b\"}"))
                .isEqualTo("<lvs><--select><lv_tags={\"a\" && \"b\"}>");
    }

    @Test
    void whatLvmComplainsOfIsSaidInOneSentence() throws IOException {
        Lvm lvm = lvm("echo '  WARNING: Sum of all sizes.' >&2; echo '  No such group.' >&2; exit 5");

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> lvm.run("lvs", "vg0"))
                .withMessage("run 'lvm lvs vg0': exit code 5: No such group")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.COMMAND_FAILED));
    }

    @Test
    void severalCommandsAreLinesOfOneProcess() throws IOException {
        Lvm.Said said = lvm("echo \"$# $$\"; cat").runAll(List.of(List.of("lvs", "a"), List.of("lvs", "b")));

        assertThat(said.stdout().lines())
                .hasSize(3)
                .startsWith(said.stdout().lines().findFirst().orElseThrow())
                .endsWith("lvs a", "lvs b");
        assertThat(said.stdout()).startsWith("0 ");
    }

    @Test
    void whatWouldBeAnotherWordInItsShellIsRefused() throws IOException {
        Lvm lvm = lvm("cat");

        for (String bad : List.of("a b", "a\nlvremove", "\"", "'", "")) {
            assertThatIllegalArgumentException().isThrownBy(() -> lvm.runAll(List.of(List.of("lvs", bad))));
        }
    }

    @Test
    void anInterruptedCallerWaitsForTheEndAndStaysInterrupted() throws IOException {
        Path end = directory.resolve("end");
        Lvm lvm = lvm("read -r line; echo whole >'" + end + "'");
        Thread.currentThread().interrupt();

        lvm.runAll(List.of(List.of("lvs")));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(end).hasContent("whole\n");
    }

    @Test
    void whatNobodyReadsDoesNotEndIt() throws IOException {
        Path end = directory.resolve("end");
        // Its own output, closed by whoever read it; a process that is not deaf to that ends at the first word.
        Lvm lvm = lvm("{ until ! echo word; do :; done 2>/dev/null; echo whole >'" + end + "'; } | true; wait");

        lvm.run("lvs");

        assertThat(end).hasContent("whole\n");
    }

    @Test
    void aMissingProgramIsSaidWithWhatBringsIt() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> new Lvm(directory.resolve("none").toString()).run("lvs"))
                .withMessageContaining("apt install lvm2");
    }
}
