package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Starts processes that any later JVM can find, watch and end.
 *
 * <p>Between this JVM and the process stands a small POSIX shell script, which lives as long as the process. It leads a
 * session of its own, so that a Ctrl-C meant for this JVM does not reach the process; opens the logs before privileges
 * are dropped; notes the process's identity before the program is executed, in a way that whoever removes the
 * directory first prevents the start; and keeps the exit code for whoever asks later. If it is killed, only the exit
 * code is lost.
 *
 * <p>In the directory afterwards:
 * <table>
 * <caption>Files of the launcher</caption>
 * <tr><td>{@code identity}</td><td>the {@link ProcessIdentity}</td></tr>
 * <tr><td>{@code life}</td><td>a FIFO that the process holds open: its end of file is the process's end</td></tr>
 * <tr><td>{@code exit}</td><td>the exit code, once there is one</td></tr>
 * <tr><td>{@code launch}, {@code input}, {@code companion}</td><td>the script, and what the process and its companion
 * read from standard input</td></tr>
 * <tr><td>{@code tree}</td><td>there if the process leads a session of its own, which ends with it</td></tr>
 * <tr><td>{@code drained}</td><td>a FIFO that the log keepers hold open: its end of file means that the logs are
 * complete</td></tr>
 * </table>
 */
public final class Launcher {
    /** The descriptor that a process started with {@link Launch#console} has open for writing. */
    public static final int CONSOLE_DESCRIPTOR = 4;

    /** The descriptor on which a companion reads the end of file that is the end of the process. */
    public static final int LIFE_DESCRIPTOR = 3;

    private static final String SCRIPT_RESOURCE = "launch.sh";
    static final byte[] SCRIPT = script();

    private static final int LONGEST_REPORT = 64 * 1024;

    private Launcher() {}

    /**
     * Starts the process and returns as soon as its identity is written down. That the program could be executed, and
     * that it works, is for the caller to find out: if not, the process has ended or soon ends, and the log says why.
     *
     * <p>The directory may hold what an earlier, ended process left there. That is removed, and its log too; of its
     * console log the newer file is kept as the older one.
     *
     * @throws dev.minions.error.MinionsException {@code PROGRAM_MISSING} if the program or one the launcher needs is
     *     missing; {@code WRONG_STATE} if a process of this directory still runs; {@code COMMAND_FAILED} if the launcher
     *     stops before the process is there; {@code COMMAND_TIMEOUT}, {@code CALL_INTERRUPTED}. After a failure nothing
     *     runs; the directory may be left, for {@link LaunchedProcess#remove}
     */
    public static LaunchedProcess start(Launch launch) {
        List<String> command = command(launch);
        var files = new LaunchDirectory(launch.directory());
        requireDirectory(launch.runDirectory());
        files.prepare(SCRIPT, launch.input(), launch.tree());
        launch.companion().ifPresent(companion -> files.writeCompanion(companion.input()));
        launch.limits().ifPresent(limits -> {
            files.writeCgroup(limits.name());
            HostCgroups.HOST.make(limits);
        });
        launch.log().remove();
        launch.log().begin();
        launch.console().ifPresent(RotatedLog::begin);
        Process process = begin(launch, command);
        try {
            String report = firstLine(launch, process);
            LaunchedProcess launched = new LaunchedProcess(files, identity(launch, report));
            closeOutput(process);
            return launched;
        } catch (RuntimeException e) {
            abandon(files, process, e);
            throw e;
        }
    }

    static List<String> command(Launch launch) {
        var command = new ArrayList<String>();
        launch.limits().ifPresent(limits -> command.addAll(HostCgroups.HOST.words(limits)));
        command.add(HostProgram.require("setsid", "apt install util-linux").toString());
        command.add(HostProgram.require("sh", "apt install dash").toString());
        command.add(LaunchDirectory.SCRIPT);
        command.add(ProcessIdentity.thisBoot());
        command.add(Long.toString(ProcessIdentity.thisNamespace()));
        command.add(launch.lifetime() == Lifetime.EPHEMERAL ? "ephemeral" : "durable");
        command.add(launch.tree() ? "tree" : "one");
        command.add(launch.log().base().toString());
        command.add(launch.console().map(log -> log.base().toString()).orElse(""));
        command.add(launch.runDirectory().toString());
        List<String> companion = launch.companion()
                .map(helper -> words(launch.runAs(), helper.argv()))
                .orElse(List.of());
        command.add(Integer.toString(companion.size()));
        command.addAll(companion);
        if (launch.tree()) {
            command.add(HostProgram.require("setsid", "apt install util-linux").toString());
        }
        command.addAll(words(launch.runAs(), launch.argv()));
        return command;
    }

    private static List<String> words(Optional<RunAs> user, List<String> argv) {
        var words = new ArrayList<String>();
        user.ifPresent(owner -> words.addAll(dropPrivileges(owner)));
        words.add(HostProgram.require(argv.get(0), "").toString());
        words.addAll(argv.subList(1, argv.size()));
        return words;
    }

    private static List<String> dropPrivileges(RunAs user) {
        var command = new ArrayList<String>();
        command.add(HostProgram.require("setpriv", "apt install util-linux").toString());
        command.add("--reuid=" + user.uid());
        command.add("--regid=" + user.gid());
        command.add(
                user.groups().isEmpty()
                        ? "--clear-groups"
                        : "--groups="
                                + user.groups().stream().map(String::valueOf).collect(Collectors.joining(",")));
        String kept = user.capabilities().stream().map(name -> ",+" + name).collect(Collectors.joining());
        command.addAll(List.of("--no-new-privs", "--inh-caps=-all" + kept, "--bounding-set=-all" + kept));
        if (!kept.isEmpty()) {
            command.add("--ambient-caps=-all" + kept);
        }
        command.add("--");
        return command;
    }

    private static void requireDirectory(Path directory) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw Failures.failure(
                    ErrorCode.PATH_NOT_FOUND, "launch in '" + directory + "': there is no such directory");
        }
    }

    private static Process begin(Launch launch, List<String> command) {
        var builder = new ProcessBuilder(command)
                .directory(launch.directory().toFile())
                .redirectErrorStream(true);
        if (launch.lifetime() == Lifetime.DURABLE) {
            builder.redirectInput(new File("/dev/null"));
        }
        builder.environment().clear();
        builder.environment().put("PATH", HostProgram.searchPath());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(launch.environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw Failures.io("launch " + name(launch), e);
        }
    }

    /** Reads on a thread of its own: a read from a pipe heeds neither deadlines nor interrupts. */
    private static String firstLine(Launch launch, Process process) {
        var line = new CompletableFuture<String>();
        Thread.ofPlatform()
                .daemon()
                .name("minions-launch")
                .start(() -> line.complete(readLine(process.getInputStream())));
        try {
            return line.get(launch.deadline().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Failures.failure(
                    ErrorCode.COMMAND_TIMEOUT,
                    "launch " + name(launch) + ": the launcher did not report within "
                            + Failures.text(launch.deadline()));
        } catch (InterruptedException e) {
            throw Failures.interrupted("launch " + name(launch), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // readLine throws nothing
        }
    }

    /** The line with the identity; or, where there is none, everything that was said instead. */
    private static String readLine(InputStream stream) {
        var text = new ByteArrayOutputStream();
        try {
            for (int b = stream.read(); b >= 0 && text.size() < LONGEST_REPORT; b = stream.read()) {
                if (b == '\n' && text.toString(StandardCharsets.UTF_8).startsWith("boot=")) {
                    break;
                }
                text.write(b);
            }
        } catch (IOException e) {
            text.writeBytes(e.toString().getBytes(StandardCharsets.UTF_8));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private static ProcessIdentity identity(Launch launch, String report) {
        try {
            return ProcessIdentity.parse(report);
        } catch (IllegalArgumentException e) {
            String said = report.strip().lines().collect(Collectors.joining("; "));
            throw Failures.failure(
                    ErrorCode.COMMAND_FAILED,
                    "launch " + name(launch) + ": " + (said.isEmpty() ? "the launcher ended without a word" : said));
        }
    }

    private static void closeOutput(Process process) {
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            throw Failures.io("launch: close the pipe from the launcher", e);
        }
    }

    /** Makes sure that nothing runs; the files stay, for whoever wants to know why. */
    private static void abandon(LaunchDirectory files, Process launcher, RuntimeException failure) {
        launcher.destroyForcibly();
        try {
            files.endProcess(LaunchDirectory.REMOVAL_DEADLINE);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static String name(Launch launch) {
        return "'" + launch.argv().get(0) + "'";
    }

    private static byte[] script() {
        try (InputStream resource =
                Objects.requireNonNull(Launcher.class.getResourceAsStream(SCRIPT_RESOURCE), SCRIPT_RESOURCE)) {
            return resource.readAllBytes();
        } catch (IOException e) {
            throw Failures.io("read the launcher's script from this library", e);
        }
    }
}
