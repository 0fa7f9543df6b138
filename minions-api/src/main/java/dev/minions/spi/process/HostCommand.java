package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A short command on the host: an argument list, never a line for a shell.
 *
 * <p>It runs in a session of its own, so that a Ctrl-C meant for this program does not end it half-way, and with
 * everything it started it is ended when its deadline passes or the calling thread is interrupted. What it prints is
 * kept up to a bound: the beginning of standard output, the end of standard error.
 *
 * <p>Immutable: each method returns another command. May be run any number of times, from any thread.
 */
public final class HostCommand {
    /**
     * What a command did.
     *
     * @param exitCode 0 to 255; 128 and the signal's number if a signal ended it
     * @param stdout the beginning of its standard output, up to {@link #STDOUT_LIMIT} bytes, as UTF-8
     * @param stderr the end of its standard error, up to {@link #STDERR_LIMIT} bytes, as UTF-8
     */
    public record Result(int exitCode, String stdout, String stderr) {
        /** Whether the exit code is 0. */
        public boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** How much of standard output is kept, in bytes. What is beyond is read and dropped. */
    public static final int STDOUT_LIMIT = 4 * 1024 * 1024;

    /** How much of standard error is kept, in bytes. */
    public static final int STDERR_LIMIT = 64 * 1024;

    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(30);
    private static final String MASK = "***";
    private static final int STDERR_LINES = 10;

    /** A pipe from this JVM is open for as long as it lives: when it closes, the whole group goes. */
    private static final String TIED = """
            exec 3<&0 </dev/null
            "$@" 3<&- &
            command=$!
            { read -r end; kill -KILL 0; } <&3 3<&- >/dev/null 2>&1 &
            watch=$!
            exec 3<&-
            wait $command
            code=$?
            kill -KILL $watch
            exit $code
            """;

    private final List<String> arguments;
    private final Settings settings;

    /** All that has a default. */
    private record Settings(
            Optional<String> stdin,
            Map<String, String> environment,
            Optional<Path> directory,
            Duration deadline,
            List<String> secrets,
            String hint,
            Consumer<String> listener,
            boolean tied) {}

    private HostCommand(List<String> arguments, Settings settings) {
        this.arguments = arguments;
        this.settings = settings;
    }

    /**
     * A command with a deadline of 30 seconds, an empty standard input and this JVM's environment and directory.
     *
     * @param program a file name that is looked up in {@code PATH}, or a path
     * @param arguments what follows it, each passed on as it is
     */
    public static HostCommand of(String program, String... arguments) {
        var all = new ArrayList<String>();
        all.add(program);
        all.addAll(List.of(arguments));
        return of(all);
    }

    /**
     * The same, from a list that begins with the program.
     *
     * @throws IllegalArgumentException if it is empty, or an argument holds a NUL character
     */
    public static HostCommand of(List<String> argv) {
        List<String> copy = List.copyOf(argv);
        if (copy.isEmpty() || copy.get(0).isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
        if (copy.stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException("a command's argument must not hold a NUL character");
        }
        return new HostCommand(
                copy,
                new Settings(
                        Optional.empty(),
                        Map.of(),
                        Optional.empty(),
                        DEFAULT_DEADLINE,
                        List.of(),
                        "",
                        line -> {},
                        false));
    }

    /** What the command reads from standard input, as UTF-8. */
    public HostCommand stdin(String text) {
        Settings s = settings;
        return with(new Settings(
                Optional.of(text), s.environment, s.directory, s.deadline, s.secrets, s.hint, s.listener, s.tied));
    }

    /** A variable on top of the environment. */
    public HostCommand environment(String name, String value) {
        Settings s = settings;
        var more = new LinkedHashMap<>(s.environment);
        more.put(name, value);
        return with(new Settings(
                s.stdin, Map.copyOf(more), s.directory, s.deadline, s.secrets, s.hint, s.listener, s.tied));
    }

    /** The directory to run in. */
    public HostCommand directory(Path directory) {
        Settings s = settings;
        return with(new Settings(
                s.stdin, s.environment, Optional.of(directory), s.deadline, s.secrets, s.hint, s.listener, s.tied));
    }

    /** How long it may take; then it is ended and the call fails. */
    public HostCommand within(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline must be positive, got " + deadline);
        }
        Settings s = settings;
        return with(new Settings(s.stdin, s.environment, s.directory, deadline, s.secrets, s.hint, s.listener, s.tied));
    }

    /** A text that must not appear in a message; wherever an argument or an error line holds it, a mask is shown. */
    public HostCommand secret(String text) {
        Settings s = settings;
        var more = new ArrayList<>(s.secrets);
        if (!text.isEmpty()) {
            more.add(text);
        }
        return with(new Settings(
                s.stdin, s.environment, s.directory, s.deadline, List.copyOf(more), s.hint, s.listener, s.tied));
    }

    /** What to do where the program is missing, for example {@code apt install nftables}; part of the message then. */
    public HostCommand hint(String text) {
        Settings s = settings;
        return with(new Settings(s.stdin, s.environment, s.directory, s.deadline, s.secrets, text, s.listener, s.tied));
    }

    /**
     * Who is shown each line of standard output and standard error while the command runs. Called from two threads, one
     * for each of the streams; must return quickly and not throw.
     */
    public HostCommand listener(Consumer<String> lines) {
        Settings s = settings;
        return with(new Settings(s.stdin, s.environment, s.directory, s.deadline, s.secrets, s.hint, lines, s.tied));
    }

    /**
     * Ends with this JVM, however that ends: for what takes minutes. Its standard input is empty, whatever was given.
     */
    public HostCommand tied() {
        Settings s = settings;
        return with(new Settings(s.stdin, s.environment, s.directory, s.deadline, s.secrets, s.hint, s.listener, true));
    }

    /**
     * Runs it and waits until it has ended well.
     *
     * @throws dev.minions.error.MinionsException {@code PROGRAM_MISSING} if there is no such program,
     *     {@code COMMAND_FAILED} if its exit code is not 0, {@code COMMAND_TIMEOUT} if it took longer than it may,
     *     {@code CALL_INTERRUPTED} if the thread was interrupted; in the last two it has been ended
     */
    public Result run() {
        Result result = outcome();
        if (!result.succeeded()) {
            throw Failures.failure(
                    ErrorCode.COMMAND_FAILED,
                    "run '" + this + "': " + endedHow(result.exitCode()) + said(result.stderr()));
        }
        return result;
    }

    /**
     * Runs it and waits until it has ended, well or not.
     *
     * @throws dev.minions.error.MinionsException as {@link #run}, but for the exit code, which is in the result
     */
    public Result outcome() {
        HostProgram program = HostProgram.require(arguments.get(0), settings.hint);
        HostProgram session = HostProgram.require("setsid", "apt install util-linux");
        var argv = new ArrayList<String>();
        argv.add(session.toString());
        if (settings.tied) {
            argv.addAll(List.of("/bin/sh", "-c", TIED, "sh"));
        }
        argv.add(program.toString());
        argv.addAll(arguments.subList(1, arguments.size()));
        var builder = new ProcessBuilder(argv);
        settings.directory.ifPresent(directory -> builder.directory(directory.toFile()));
        builder.environment().put("PATH", HostProgram.searchPath());
        builder.environment().put("LC_ALL", "C.UTF-8"); // messages are read by people who may have another language set
        builder.environment().putAll(settings.environment);
        Optional<byte[]> stdin = settings.tied
                ? Optional.empty()
                : Optional.of(settings.stdin.orElse("").getBytes(StandardCharsets.UTF_8));
        return new CommandRun(builder, stdin, settings.listener, toString()).await(settings.deadline);
    }

    /** The arguments as one line for a message, with secrets masked. Not for a shell. */
    @Override
    public String toString() {
        return masked(arguments.stream()
                .map(argument -> argument.isEmpty() || argument.contains(" ") ? '"' + argument + '"' : argument)
                .collect(Collectors.joining(" ")));
    }

    private String masked(String text) {
        String result = text;
        for (String secret : settings.secrets) {
            result = result.replace(secret, MASK);
        }
        return result;
    }

    private static String endedHow(int exitCode) {
        return exitCode > CommandRun.SIGNAL_BASE
                ? "ended by signal " + (exitCode - CommandRun.SIGNAL_BASE)
                : "exit code " + exitCode;
    }

    private String said(String stderr) {
        List<String> lines =
                masked(stderr).lines().filter(line -> !line.isBlank()).toList();
        String end = lines.stream()
                .skip(Math.max(0, lines.size() - STDERR_LINES))
                .map(String::strip)
                .collect(Collectors.joining("; "));
        return end.isEmpty() ? ", and it said nothing" : ": " + end;
    }

    private HostCommand with(Settings changed) {
        return new HostCommand(arguments, changed);
    }
}
