package dev.minions.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
    private final ProcessIdentity self = ProcessIdentity.ofThisProcess();

    @Test
    void aRunningProcessIsAlive() {
        assertThat(self.isAlive()).isTrue();
        assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void whatIsPrintedIsReadAgain() {
        assertThat(ProcessIdentity.parse(self.toString())).isEqualTo(self);
    }

    @Test
    void aPidThatWasGivenToAnotherProcessIsNotThisOne() throws Exception {
        Process sleeper = sleeper();
        try {
            var now = ProcessIdentity.of(sleeper.pid()).orElseThrow();
            var before = new ProcessIdentity(now.bootId(), now.pidNamespace(), now.pid(), now.startTicks() - 1);

            assertThat(before.isAlive()).isFalse();
            assertThat(before.signal(ProcessIdentity.Signal.KILL)).isFalse();
            assertThat(sleeper.isAlive()).isTrue();
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessOfAnotherBootIsDead() {
        var earlier = new ProcessIdentity(
                "00000000-0000-0000-0000-000000000000", self.pidNamespace(), self.pid(), self.startTicks());

        assertThat(earlier.isAlive()).isFalse();
        assertThat(earlier.signal(ProcessIdentity.Signal.KILL)).isFalse();
    }

    @Test
    void aProcessOfAnotherPidNamespaceIsNeitherAliveNorDead() {
        var elsewhere = new ProcessIdentity(self.bootId(), self.pidNamespace() + 1, self.pid(), self.startTicks());

        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(elsewhere::isAlive)
                .returns(ErrorCode.WRONG_STATE, MinionsException::code)
                .withMessageContaining("pid namespace " + (self.pidNamespace() + 1));
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> elsewhere.signal(ProcessIdentity.Signal.KILL));
    }

    @Test
    void aZombieIsNotAlive() throws Exception {
        // The shell becomes a program that never asks how its child ended, and the child does not end before that.
        String script = "until [ $(cat /proc/$$/comm) = sleep ]; do :; done & echo $!; exec sleep 60";
        Process parent = new ProcessBuilder("sh", "-c", script).start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            Await.until("the child is a zombie", () -> "Z".equals(state(child)));

            assertThat(ProcessIdentity.of(child)).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessMayBearAnyName() throws Exception {
        Process odd = new ProcessBuilder("sh", "-c", "printf ') Z 1\\n(' >/proc/self/comm; read -r _").start();
        try {
            Await.until(
                    "it has its name",
                    () -> ProcessHandle.of(odd.pid()).isPresent()
                            && java.nio.file.Files.readString(java.nio.file.Path.of("/proc/" + odd.pid() + "/comm"))
                                    .startsWith(") Z"));

            assertThat(ProcessIdentity.of(odd.pid()))
                    .hasValueSatisfying(it -> assertThat(it.startTicks()).isGreaterThan(0));
        } finally {
            odd.destroyForcibly().waitFor();
        }
    }

    @Test
    void aSignalEndsTheProcess() throws Exception {
        Process sleeper = sleeper();
        var identity = ProcessIdentity.of(sleeper.pid()).orElseThrow();

        assertThat(identity.signal(ProcessIdentity.Signal.TERM)).isTrue();
        assertThat(sleeper.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(identity.isAlive()).isFalse();
        assertThat(identity.signal(ProcessIdentity.Signal.TERM)).isFalse();
    }

    @Test
    void nonsenseIsNotAnIdentity() {
        for (String text : new String[] {"", "boot=x", "boot=1 pidns=1 pid=0 start=1", self + "\n", "pid=1"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> ProcessIdentity.parse(text));
        }
    }

    private static Process sleeper() throws IOException {
        return new ProcessBuilder("sleep", "60").start();
    }

    private static String state(long pid) throws IOException {
        String stat = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }
}
