package dev.minions.bench;

import dev.minions.Vm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * {@code Vm.exec} of {@code /bin/true} against a fresh {@code ssh} that does the same through a published port of the
 * same VM: a process, a TCP connection and a handshake, as a program pays them that runs {@code ssh} for each command.
 */
final class SshBenchmark implements Benchmark {
    private static final double TARGET = 0.1;
    private static final Duration SSHD_LIMIT = Duration.ofMinutes(3);

    @Override
    public String name() {
        return "exec-ssh";
    }

    @Override
    public String summary() {
        return "Vm.exec of /bin/true, beside a fresh ssh";
    }

    @Override
    public int defaultRuns() {
        return 10;
    }

    @Override
    public List<Figure> measure(Workbench bench, int runs) throws Exception {
        Guest guest = bench.guest();
        Vm vm = guest.vm();
        awaitSshd(guest);
        Turns<Double> turns = Turns.take(
                runs,
                1,
                () -> {
                    Stopwatch watch = new Stopwatch();
                    Guest.require(vm.exec(ExecBenchmark.TRUE));
                    return watch.millis();
                },
                () -> guest.ssh("/bin/true"),
                pair -> {});
        return List.of(turns.figure(name(), "ms", millis -> millis).target(Target.ratioAtMost(TARGET)));
    }

    /** The agent is up long before it is. Each try waits for the server's greeting itself. */
    private static void awaitSshd(Guest guest) throws IOException, InterruptedException {
        Stopwatch waiting = new Stopwatch();
        while (true) {
            try {
                guest.ssh("/bin/true");
                return;
            } catch (IOException e) {
                if (waiting.millis() > Stopwatch.millis(SSHD_LIMIT)) {
                    throw e;
                }
                Thread.sleep(Duration.ofMillis(500)); // a guest says nothing of its sshd
            }
        }
    }
}
