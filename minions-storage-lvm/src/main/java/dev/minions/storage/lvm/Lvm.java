package dev.minions.storage.lvm;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * Runs {@code lvm}. Once begun it is never ended from here, whatever becomes of the caller: a process of LVM that is
 * killed between suspending a device and resuming it leaves a host on which whatever touches the device hangs.
 */
final class Lvm {
    static final String HINT = "apt install lvm2 thin-provisioning-tools";

    /** LVM waits for its locks without limit; what takes this long will not end by itself. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** So that it does not die of a message that nobody reads when the program that started it has gone. */
    private static final String DEAF_TO_BROKEN_PIPES = "trap '' PIPE; exec \"$0\" \"$@\"";

    private final String program;

    Lvm(String program) {
        this.program = program;
    }

    static Lvm onPath() {
        return new Lvm("lvm");
    }

    boolean isThere() {
        return HostProgram.find(program).isPresent();
    }

    /** That there is such a program. */
    void require() {
        HostProgram.require(program, HINT);
    }

    /**
     * Runs one command.
     *
     * @return what it said on standard output
     * @throws MinionsException {@code COMMAND_FAILED} with what it said on standard error
     */
    String run(String verb, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(verb));
        command.addAll(arguments);
        HostCommand.Result result = toItsEnd(command(command));
        if (!result.succeeded()) {
            throw new MinionsException(
                    ErrorCode.COMMAND_FAILED,
                    "run 'lvm " + String.join(" ", command) + "': exit code " + result.exitCode() + ": "
                            + inOneLine(result.stderr()));
        }
        return result.stdout();
    }

    String run(String verb, String... arguments) {
        return run(verb, List.of(arguments));
    }

    /** What several commands said. */
    record Said(String stdout, String stderr) {
        /** The failures among them, for a message. */
        String complaint() {
            return inOneLine(stderr);
        }
    }

    /**
     * Runs several commands in one process, each whether those before it succeeded or not: LVM's shell goes on after a
     * failure and its exit code says nothing of it. So one ends with a report of how things are then.
     */
    Said runAll(List<List<String>> commands) {
        String script = commands.stream().map(Lvm::line).collect(Collectors.joining());
        HostCommand.Result result = toItsEnd(command(List.of()).stdin(script));
        if (!result.succeeded()) {
            throw new MinionsException(
                    ErrorCode.COMMAND_FAILED,
                    "run 'lvm': exit code " + result.exitCode() + ": " + inOneLine(result.stderr()));
        }
        return new Said(result.stdout(), result.stderr());
    }

    private static String line(List<String> command) {
        for (String word : command) {
            if (word.isEmpty() || word.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\'' || c == '\\')) {
                throw new IllegalArgumentException("not a word of LVM's shell: '" + word + "'");
            }
        }
        return String.join(" ", command) + "\n";
    }

    private HostCommand command(List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(
                "sh",
                "-c",
                DEAF_TO_BROKEN_PIPES,
                HostProgram.require(program, HINT).toString()));
        argv.addAll(arguments);
        return HostCommand.of(argv).environment("LVM_SUPPRESS_FD_WARNINGS", "1").within(LIMIT);
    }

    /** Waits for the end even if the caller is interrupted, which is then seen by whatever the caller does next. */
    private static HostCommand.Result toItsEnd(HostCommand command) {
        var task = new FutureTask<>(command::outcome);
        Thread.ofPlatform().daemon().name("minions-lvm").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MinionsException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String inOneLine(String stderr) {
        String words = stderr.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("WARNING:"))
                .map(line -> line.endsWith(".") ? line.substring(0, line.length() - 1) : line)
                .collect(Collectors.joining("; "));
        return words.isEmpty() ? "it said nothing" : words;
    }
}
