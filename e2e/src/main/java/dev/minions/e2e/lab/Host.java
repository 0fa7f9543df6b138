package dev.minions.e2e.lab;

import dev.minions.Command;
import dev.minions.EphemeralVm;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestProcess;
import dev.minions.e2e.suite.Campaign;
import dev.minions.e2e.suite.Report;
import dev.minions.e2e.suite.Subject;
import dev.minions.e2e.suite.Suite;
import dev.minions.e2e.suite.SuiteMain;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.testkit.kill.KillSample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A host of the lab, booted. What is done on it is done through its agent, as in any VM. */
final class Host implements AutoCloseable {
    private static final String PAYLOAD = "/lab";
    private static final String READY = "/var/lib/lab-ready";
    private static final Duration PREPARE_LIMIT = Duration.ofMinutes(5);
    private static final Duration SUITE_LIMIT = Duration.ofMinutes(40);
    private static final Duration CAMPAIGN_LIMIT = Duration.ofHours(12);
    private static final Duration MEASURING_LIMIT = Duration.ofHours(2);
    private static final Duration REBOOT_LIMIT = Duration.ofMinutes(6);
    private static final Duration REBOOT_PAUSE = Duration.ofSeconds(1);
    private static final Duration END_LIMIT = Duration.ofMinutes(1);

    private final EphemeralVm vm;
    private final PrintStream out;

    Host(EphemeralVm vm, PrintStream out) {
        this.vm = vm;
        this.out = out;
    }

    /**
     * Makes the host ready and runs a suite on it, whose words are written as they come.
     *
     * @param hypervisor the id of the hypervisor under test
     * @return what of the suite did not pass; empty if all did
     */
    Optional<Suite> run(Suite suite, String hypervisor) {
        prepare();
        out.println("e2e: running " + suite.word() + " on " + hypervisor);
        Set<String> failed = run(suite, Suite.names(suite.tests()), hypervisor);
        if (suite.canBeBooted(failed)) {
            reboot();
            prepare();
            failed.addAll(run(suite, Suite.names(suite.booted()), hypervisor));
        }
        return failed.isEmpty() ? Optional.empty() : Optional.of(suite.again(failed));
    }

    /** The tests that failed: all of them, if the suite did not say which. */
    private Set<String> run(Suite suite, List<String> tests, String hypervisor) {
        List<String> command = java(subject(hypervisor));
        command.add(SuiteMain.class.getName());
        command.add(suite.word());
        command.addAll(tests);
        Set<String> failed = new LinkedHashSet<>();
        int code = stream(
                Command.of(command).within(SUITE_LIMIT),
                line -> Report.failure(line).ifPresent(failed::add));
        if (code != 0 && failed.isEmpty()) {
            failed.addAll(tests);
        }
        return failed;
    }

    /** As an operator would; not as a power cut. */
    private void reboot() {
        out.println("e2e: booting the host again");
        String before = bootId();
        vm.exec("systemctl", "reboot", "--no-block");
        long deadline = System.nanoTime() + REBOOT_LIMIT.toNanos();
        while (isDownOrIn(before)) {
            if (System.nanoTime() - deadline > 0) {
                throw new MinionsException(
                        ErrorCode.BOOT_TIMEOUT,
                        "the host did not come back within " + REBOOT_LIMIT.toMinutes() + " min");
            }
            LockSupport.parkNanos(REBOOT_PAUSE.toNanos());
        }
    }

    private boolean isDownOrIn(String boot) {
        try {
            return bootId().equals(boot);
        } catch (MinionsException goingDownOrComingUp) {
            return true;
        }
    }

    private String bootId() {
        return vm.exec(Command.of("cat", "/proc/sys/kernel/random/boot_id").within(REBOOT_PAUSE.multipliedBy(10)))
                .stdout();
    }

    /**
     * Makes the host ready and kills programs there.
     *
     * @param sample at which points
     * @param hypervisor the id of the hypervisor that VMs run on
     * @return the exit code
     */
    int campaign(KillSample sample, String hypervisor) {
        prepare();
        List<String> command = java(subject(hypervisor));
        command.add(Campaign.class.getName());
        command.addAll(Campaign.words(sample));
        return stream(Command.of(command).within(CAMPAIGN_LIMIT));
    }

    private static String[] subject(String hypervisor) {
        return new String[] {
            "-D" + Subject.HYPERVISOR + "=" + hypervisor,
            "-D" + Subject.PAYLOAD + "=" + PAYLOAD,
            "-D" + Subject.READY + "=" + READY
        };
    }

    /**
     * Makes the host ready and measures there.
     *
     * @param words what {@code bench/run} takes
     * @param hypervisor the id of the hypervisor that is measured
     * @return the exit code
     */
    int measure(List<String> words, String hypervisor) {
        prepare();
        out.println("e2e: measuring " + String.join(" ", words) + " on " + hypervisor);
        List<String> command = java(
                "-Dminions.bench.hypervisor=" + hypervisor,
                "-Dminions.bench.guest=" + PAYLOAD + "/guest",
                "-Dminions.bench.directory=/var/lib",
                "-Dminions.home=" + PAYLOAD + "/product",
                "dev.minions.bench.Main");
        command.addAll(words);
        return stream(Command.of(command).within(MEASURING_LIMIT));
    }

    /** The command line of a program on the host; words after the class path, beginning with options. */
    private static List<String> java(String... words) {
        List<String> command = new ArrayList<>(List.of(
                PAYLOAD + "/java/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // with its other compiler, a JVM was seen to crash on an emulated CPU
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                PAYLOAD + "/lib/*"));
        command.addAll(List.of(words));
        return command;
    }

    private void prepare() {
        String script = "mkdir -p " + PAYLOAD + " && mount -o ro /dev/vdb " + PAYLOAD + " && exec sh " + PAYLOAD
                + "/suite/prepare.sh " + PAYLOAD + " " + READY;
        ExecResult result = vm.exec(Command.of("sh", "-c", script).within(PREPARE_LIMIT));
        if (!result.succeeded()) {
            throw new MinionsException(
                    ErrorCode.COMMAND_FAILED,
                    "prepare the host: " + result.status() + ": "
                            + result.stderr().strip());
        }
    }

    private int stream(Command command) {
        return stream(command, line -> {});
    }

    private int stream(Command command, Consumer<String> lines) {
        try (GuestProcess process = vm.start(command)) {
            Thread errors = Thread.ofPlatform().daemon().start(() -> copy(process.stderr(), line -> {}));
            copy(process.stdout(), lines);
            errors.join();
            return process.waitFor(END_LIMIT)
                    .map(ExitStatus::shellCode)
                    .orElseThrow(() -> new MinionsException(
                            ErrorCode.COMMAND_FAILED, "the suite closed its output and did not end"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "run the suite: interrupted", e);
        }
    }

    private void copy(InputStream from, Consumer<String> lines) {
        try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                out.println(line);
                out.flush();
                lines.accept(line);
            }
        } catch (IOException e) {
            out.println("e2e: the host's words end: " + e);
        }
    }

    @Override
    public void close() {
        vm.close();
    }
}
