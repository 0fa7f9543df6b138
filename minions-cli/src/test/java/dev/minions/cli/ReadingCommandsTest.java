package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.VmState;
import dev.minions.cli.CliFixture.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code list}, {@code info}, {@code status}, {@code doctor}: what they print, to the character. */
class ReadingCommandsTest {
    @TempDir
    private Path directory;

    private CliFixture cli;

    @BeforeEach
    void setUp() {
        cli = new CliFixture(directory);
        cli.run("create", "myvm", "--label", "tier=web");
        cli.run("create", "web", "--cpus", "4", "--memory", "2048", "--publish", "8080:80", "--label", "tier=db");
    }

    @Test
    void listIsATableOfThePromisedColumns() {
        cli.minions.vm("web").state(VmState.STOPPED);
        assertThat(cli.run("list")).isEqualTo(new Outcome(0, """
                 NAME   STATUS    IP         CPUS   MEMORY     PID
                 myvm   running   10.0.0.2   2      1024 MiB   12345
                 web    stopped   10.0.0.3   4      2048 MiB   -
                """, ""));
    }

    @Test
    void listShowsThatAVmIsToBeRecovered() {
        cli.minions.vm("web").orphaned();
        assertThat(cli.run("list").out()).contains(" web    recovering   10.0.0.3");
        assertThat(cli.run("info", "web").out())
                .contains("activity:    start since 2026-02-03T04:05:06Z, at 'booting', operation"
                        + " 0198aaaa-bbbb-7ccc-8ddd-000000000001; whoever did it died, and the next change puts it"
                        + " right\n");
    }

    @Test
    void listFiltersByLabels() {
        assertThat(cli.run("list", "-q", "--label", "tier").out()).isEqualTo("myvm\nweb\n");
        assertThat(cli.run("list", "-q", "--label", "tier=db").out()).isEqualTo("web\n");
        assertThat(cli.run("list", "-q", "--label", "tier=db", "--label", "x").out())
                .isEmpty();
    }

    @Test
    void aListOfNothingIsAnEmptyTableAndAnEmptyArray() {
        assertThat(cli.run("list", "--project", "other").out())
                .isEqualTo(" NAME   STATUS   IP   CPUS   MEMORY   PID\n");
        assertThat(cli.run("list", "--project", "other", "--json").out()).isEqualTo("[]\n");
    }

    @Test
    void listAsJsonIsOneArray() {
        assertThat(cli.run("list", "--json").out())
                .startsWith("[{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-000000000001\",\"name\":\"myvm\"")
                .contains("},{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-000000000002\",\"name\":\"web\"")
                .endsWith("}]\n")
                .hasLineCount(1);
    }

    @Test
    void infoShowsEverything() {
        assertThat(cli.run("info", "web")).isEqualTo(new Outcome(0, """
                name:        web
                id:          0198aaaa-bbbb-7ccc-8ddd-000000000002
                project:     default
                status:      running
                image:       debian (%s)
                cpus:        4
                memory:      2048 MiB
                disk:        10 GB
                ip:          10.0.0.3
                mac:         52:54:00:00:00:04
                cid:         4
                pid:         12346
                port:        127.0.0.1:8080 -> 80
                label:       tier=db
                created:     2026-02-03T04:05:06Z
                started:     2026-02-03T04:05:15Z
                backends:    qemu, directory, user
                path:        disk /data/vms/0198aaaa-bbbb-7ccc-8ddd-000000000002/root.qcow2
                """.formatted(FakeMinions.DIGEST), ""));
    }

    @Test
    void infoOfAFailedVmSaysWhy() {
        cli.minions.vm("web").state(VmState.FAILED);
        assertThat(cli.run("info", "web").out())
                .contains("status:      failed\nfailure:     qemu ended with signal 9\n");
    }

    @Test
    void infoTakesSeveralNamesAndGoesOnAfterOneThatIsMissing() {
        Outcome outcome = cli.run("info", "myvm", "nobody", "web", "--json");
        assertThat(outcome.code()).isEqualTo(Exit.FAILED);
        assertThat(outcome.out().lines().map(line -> line.substring(0, 8)))
                .containsExactly("{\"id\":\"0", "{\"error\"", "{\"id\":\"0");
        assertThat(outcome.err()).isEqualTo("minions: vm 'nobody': not in project 'default'\n");
    }

    @Test
    void statusIsATableOfWhatTheAgentsSayCleaned() {
        assertThat(cli.run("status", "web").out()).isEqualTo("""
                 NAME   UPTIME      MEMORY               DISK                   CPU      LOAD   RECEIVED   SENT   AGENT   HOSTNAME
                 web    1 h 2 min   120 MiB of 975 MiB   953.7 MiB of 9.3 GiB   1.50 %   0.25   2 KiB      -      0.1.0   web?[31m
                """);
        assertThat(cli.run("status", "web", "--json").out())
                .startsWith(
                        "{\"id\":\"0198aaaa-bbbb-7ccc-8ddd-000000000002\",\"name\":\"web\",\"hostname\":\"web\\u001b[31m\""
                                + ",\"uptime\":3723.0,");
    }

    @Test
    void doctorSaysWhatWasChosenAndWhy() {
        assertThat(cli.run("doctor")).isEqualTo(new Outcome(0, """
                 KIND         CHOSEN   WHAT       WHY
                 hypervisor   qemu     QEMU 7.2   KVM is not usable here

                 warning  kvm: /dev/kvm is missing
                          run on a host with KVM
                 ok       qemu: /usr/bin/qemu-system-x86_64, 7.2.15

                VMs can be made here.
                """, ""));
        assertThat(cli.run("doctor", "--quiet").out())
                .isEqualTo(" warning  kvm: /dev/kvm is missing\n          run on a host with KVM\n");
        assertThat(cli.run("doctor", "--json").out())
                .startsWith("{\"usable\":true,\"choices\":[{\"kind\":\"hypervisor\"");
    }

    @Test
    void withoutADataDirectoryThereIsNothingAndNothingIsMade() {
        cli.engines.absent();
        int opened = cli.engines.opened().size();
        assertThat(cli.run("list", "--json")).isEqualTo(new Outcome(0, "[]\n", ""));
        assertThat(cli.run("image", "list", "--json")).isEqualTo(new Outcome(0, "[]\n", ""));
        for (String command : new String[] {"info", "status", "logs", "start", "stop", "destroy"}) {
            assertThat(cli.run(command, "web"))
                    .isEqualTo(new Outcome(
                            1,
                            "",
                            "minions: no vm is called 'web' in project 'default'; 'minions list' shows those there"
                                    + " are\n"));
        }
        assertThat(cli.run("exec", "web", "true").code()).isEqualTo(Exit.OURS);
        assertThat(cli.run("image", "inspect", "debian").err())
                .isEqualTo("minions: inspect: image 'debian' is not known; there is none\n");
        assertThat(cli.run("image", "remove", "debian").code()).isEqualTo(Exit.FAILED);
        assertThat(cli.engines.opened()).hasSize(opened);
        assertThat(cli.run("create", "web2").code()).isZero();
    }

    @Test
    void recoverSaysWhatIsKnownAgainAndWarnsOfWhatIsNot() {
        assertThat(cli.run("recover"))
                .isEqualTo(new Outcome(
                        0,
                        "vm web is known again\nimage sha256:" + "3b".repeat(32) + " is known again\n",
                        "minions: left /data/vms/x: it has no manifest\n"));
        assertThat(cli.run("recover", "--quiet").out()).isEqualTo("web\n");
        assertThat(cli.run("recover", "--json").out()).contains("\"vms\":[\"web\"]", "\"directory\":\"/data/vms/x\"");
    }

    @Test
    void adoptSaysWhichDirectory() {
        assertThat(cli.run("adopt")).isEqualTo(new Outcome(0, "adopted /data\n", ""));
        assertThat(cli.run("adopt", "--json").out()).isEqualTo("{\"dataDirectory\":\"/data\"}\n");
    }

    @Test
    void anEngineIsClosedWhateverHappens() {
        cli.run("info", "nobody");
        assertThat(cli.minions.isClosed()).isTrue();
    }
}
