package dev.minions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command to run in a guest: a program and its arguments, never a line for a shell. Immutable; the methods that
 * change something return a changed copy.
 *
 * <p>It runs as root in {@code /}, with the VM's environment, without a time limit, unless told otherwise.
 */
public final class Command {
    private final List<String> argv;
    private final Map<String, String> environment;
    private final @Nullable String directory;
    private final @Nullable String user;
    private final @Nullable Duration timeout;

    private Command(
            List<String> argv,
            Map<String, String> environment,
            @Nullable String directory,
            @Nullable String user,
            @Nullable Duration timeout) {
        this.argv = List.copyOf(argv);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.user = user;
        this.timeout = timeout;
    }

    /**
     * A program, found on the guest's {@code PATH} unless it has a slash, and its arguments.
     *
     * @throws IllegalArgumentException if the program is empty or a word contains a NUL
     */
    public static Command of(String program, String... arguments) {
        List<String> argv = new ArrayList<>();
        argv.add(program);
        argv.addAll(List.of(arguments));
        return of(argv);
    }

    /**
     * The same from a list.
     *
     * @throws IllegalArgumentException if there is no program or a word contains a NUL
     */
    public static Command of(List<String> argv) {
        if (argv.isEmpty() || argv.get(0).isEmpty()) {
            throw new IllegalArgumentException("a command needs a program to run");
        }
        for (String word : argv) {
            if (word.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a word of the command contains a NUL character");
            }
        }
        return new Command(argv, Map.of(), null, null, null);
    }

    /** Adds a variable, or replaces the one of that name. */
    public Command environment(String variable, String value) {
        if (variable.isEmpty() || variable.indexOf('=') >= 0 || (variable + value).indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + Texts.printable(variable) + "' cannot be the name of a variable");
        }
        Map<String, String> changed = new LinkedHashMap<>(environment);
        changed.put(variable, value);
        return new Command(argv, changed, directory, user, timeout);
    }

    /** Runs it in that directory of the guest. */
    public Command directory(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("guest directory '" + Texts.printable(path) + "' must be absolute");
        }
        return new Command(argv, environment, path, user, timeout);
    }

    /** Runs it as that user of the guest. */
    public Command user(String name) {
        return new Command(argv, environment, directory, Objects.requireNonNull(name, "user"), timeout);
    }

    /**
     * Ends it when it has run that long, with every process that is still in its process group: one that made a session of
     * its own, as daemons do, stays.
     */
    public Command within(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("a command's time limit must be positive, got " + limit);
        }
        return new Command(argv, environment, directory, user, limit);
    }

    /** The program and its arguments. */
    public List<String> argv() {
        return argv;
    }

    /** Variables beside the VM's own. */
    public Map<String, String> environment() {
        return environment;
    }

    /** Where it runs; {@code /} if empty. */
    public Optional<String> directory() {
        return Optional.ofNullable(directory);
    }

    /** Whom it runs as; root if empty. */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** How long it may run; for ever if empty. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Command that
                && argv.equals(that.argv)
                && environment.equals(that.environment)
                && Objects.equals(directory, that.directory)
                && Objects.equals(user, that.user)
                && Objects.equals(timeout, that.timeout);
    }

    @Override
    public int hashCode() {
        return Objects.hash(argv, environment, directory, user, timeout);
    }

    /** The program's name and how many arguments; arguments and variables may hold secrets. */
    @Override
    public String toString() {
        return Texts.printable(argv.get(0)) + (argv.size() == 1 ? "" : " (" + (argv.size() - 1) + " arguments)");
    }
}
