package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapLogTest {
    private final List<Progress> heard = new ArrayList<>();
    private final BootstrapLog log = new BootstrapLog(heard::add);

    @Test
    void stagesAndPackagesBecomeProgress() {
        tell("""
                I: automatically chosen mode: root
                I: running apt-get update...
                Get:1 http://mirror.example/debian bookworm InRelease [151 kB]
                I: downloading packages with apt...
                0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.
                Get:1 http://mirror.example/debian bookworm/main amd64 a amd64 1 [1 kB]
                Get:2 http://mirror.example/debian bookworm/main amd64 b amd64 1 [1 kB]
                I: installing essential packages...
                Unpacking a (1) ...
                Unpacking b (1) ...
                Setting up a (1) ...
                Setting up b (1) ...
                minions: making the file system
                """);

        assertThat(heard)
                .containsExactly(
                        Progress.of("fetching package lists"),
                        Progress.of("fetching packages"),
                        Progress.of("fetching packages", 0.5),
                        Progress.of("fetching packages", 1),
                        Progress.of("installing the base"),
                        Progress.of("installing the base", 0.25),
                        Progress.of("installing the base", 0.5),
                        Progress.of("installing the base", 0.75),
                        Progress.of("installing the base", 1),
                        Progress.of("making the file system"));
    }

    @Test
    void theReasonIsWhatTheProgramsCalledAnError() {
        tell("""
                Reading package lists...
                E: Unable to locate package nosuch
                E: Unable to locate package nosuch
                E: run_chroot failed: E: env exited
                I: removing tempdir /tmp/x...
                """);

        assertThat(log.reason()).isEqualTo("E: Unable to locate package nosuch; E: run_chroot failed: E: env exited");
        assertThat(log.networkFault()).isFalse();
    }

    @Test
    void withoutAnErrorTheReasonIsTheEnd() {
        assertThat(log.reason()).isEqualTo("it said nothing");
        tell("one\n\ntwo\n");
        assertThat(log.reason()).isEqualTo("one; two");
    }

    @Test
    void faultsOfTheNetworkAreToldFromOthers() {
        for (String line : new String[] {
            "Err:1 http://mirror.example bookworm InRelease  Temporary failure resolving 'mirror.example'",
            "E: Failed to fetch http://mirror.example/a.deb  Could not connect to mirror.example:80, connection timed out",
            "Err:7 http://mirror.example/debian a amd64 1  503  Service Unavailable [IP: 192.0.2.1 80]",
            "E: Failed to fetch http://mirror.example/Packages.xz  File has unexpected size (1 != 2). Mirror sync in progress?",
        }) {
            BootstrapLog one = new BootstrapLog(heard::add);
            one.accept(line);
            assertThat(one.networkFault()).as(line).isTrue();
        }
    }

    private void tell(String lines) {
        lines.lines().forEach(log);
    }
}
