package dev.minions.spi.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Launcher} should start, and where. Immutable; made with {@link #builder}.
 *
 * <p>Two directories take part. The process's <em>directory</em> belongs to the engine: the launcher keeps its notes and
 * logs there, and the process's user may not write it. The <em>run directory</em> is the process's working directory and
 * holds only what the process itself makes, such as sockets.
 */
public final class Launch {
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

    private final Path directory;
    private final Path runDirectory;
    private final List<String> argv;
    private final Lifetime lifetime;
    private final Optional<RunAs> runAs;
    private final boolean tree;
    private final String input;
    private final Map<String, String> environment;
    private final Duration deadline;
    private final RotatedLog log;
    private final Optional<RotatedLog> console;
    private final Optional<Companion> companion;
    private final Optional<ResourceLimits> limits;

    /**
     * A small program beside the process, for what must be done as long as the process runs and nobody else is there to
     * do it. It runs as the same user in the same run directory, writes its errors to the process's log, and is
     * not started again.
     *
     * <p>It has descriptor {@link Launcher#CONSOLE_DESCRIPTOR} in the process's stead, if there is a console log; and
     * {@link Launcher#LIFE_DESCRIPTOR}, from which it reads nothing but the end of file that is the process's end. Then
     * it must end too, within a second or so: the logs are complete only when it has.
     *
     * @param argv the program and its arguments
     * @param input what it reads from standard input, then an end of file
     */
    public record Companion(List<String> argv, String input) {
        /** Copies the list. */
        public Companion {
            argv = List.copyOf(argv);
            if (argv.isEmpty() || argv.get(0).isEmpty()) {
                throw new IllegalArgumentException("a companion's argv must begin with a program");
            }
        }
    }

    private Launch(Builder builder) {
        directory = builder.directory.toAbsolutePath();
        runDirectory = builder.runDirectory.toAbsolutePath();
        argv = List.copyOf(builder.argv);
        lifetime = builder.lifetime;
        runAs = builder.runAs;
        tree = builder.tree;
        log = builder.log.orElseGet(() -> new RotatedLog(directory, "log"));
        console = builder.console;
        companion = builder.companion;
        limits = builder.limits;
        input = builder.input;
        environment = Map.copyOf(builder.environment);
        deadline = builder.deadline;
    }

    /**
     * Begins a description: durable, as this JVM's user, with no console log and an empty standard input.
     *
     * @param directory where the launcher keeps what is known about the process; made by the launcher, in a directory
     *     that exists
     * @param runDirectory the process's working directory, which exists
     * @param argv the program, a file name that is looked up in {@code PATH} or a path, and its arguments
     */
    public static Builder builder(Path directory, Path runDirectory, List<String> argv) {
        return new Builder(directory, runDirectory, argv);
    }

    /** Where the launcher keeps what is known about the process, absolute. */
    public Path directory() {
        return directory;
    }

    /** The process's working directory, absolute. */
    public Path runDirectory() {
        return runDirectory;
    }

    /** The program and its arguments. */
    public List<String> argv() {
        return argv;
    }

    /** When it ends by itself. */
    public Lifetime lifetime() {
        return lifetime;
    }

    /** The user it runs as; empty means as this JVM's. */
    public Optional<RunAs> runAs() {
        return runAs;
    }

    /** Whether what it starts ends with it. */
    public boolean tree() {
        return tree;
    }

    /** Where its standard output and standard error are kept. */
    public RotatedLog log() {
        return log;
    }

    /** Where its console is kept, if it gets a descriptor to write one to. */
    public Optional<RotatedLog> console() {
        return console;
    }

    /** What works beside it. */
    public Optional<Companion> companion() {
        return companion;
    }

    /** What it may use of the host. */
    public Optional<ResourceLimits> limits() {
        return limits;
    }

    /** What it reads from standard input. */
    public String input() {
        return input;
    }

    /** Its environment, besides {@code PATH} and {@code LC_ALL}. */
    public Map<String, String> environment() {
        return environment;
    }

    /** How long it may take until the process is there. */
    public Duration deadline() {
        return deadline;
    }

    /** Collects what a {@link Launch} is made of. Not thread-safe; may be used again after {@link #build}. */
    public static final class Builder {
        private final Path directory;
        private final Path runDirectory;
        private final List<String> argv;
        private Lifetime lifetime = Lifetime.DURABLE;
        private Optional<RunAs> runAs = Optional.empty();
        private boolean tree;
        private Optional<RotatedLog> log = Optional.empty();
        private Optional<RotatedLog> console = Optional.empty();
        private Optional<Companion> companion = Optional.empty();
        private Optional<ResourceLimits> limits = Optional.empty();
        private String input = "";
        private final Map<String, String> environment = new LinkedHashMap<>();
        private Duration deadline = DEFAULT_DEADLINE;

        private Builder(Path directory, Path runDirectory, List<String> argv) {
            this.directory = directory;
            this.runDirectory = runDirectory;
            this.argv = List.copyOf(argv);
        }

        /** When it ends by itself; {@link Lifetime#DURABLE} unless set. */
        public Builder lifetime(Lifetime value) {
            lifetime = value;
            return this;
        }

        /** Runs it as that user, without any capability and without a way to gain one. Only root can. */
        public Builder runAs(RunAs value) {
            runAs = Optional.of(value);
            return this;
        }

        /**
         * Gives the process a session of its own, and ends what is left in that session when the process has ended. For
         * programs that start others which would outlive them.
         */
        public Builder tree() {
            tree = true;
            return this;
        }

        /**
         * Where its standard output and standard error are kept, in a directory that the process's user cannot write;
         * the log named {@code log} in the launch directory unless set. Begun anew at each start.
         */
        public Builder log(RotatedLog value) {
            log = Optional.of(value);
            return this;
        }

        /**
         * Opens descriptor {@link Launcher#CONSOLE_DESCRIPTOR} in the process and keeps what it writes there, in a
         * directory that its user cannot write. What an earlier process left there stays as the log's older file.
         */
        public Builder console(RotatedLog value) {
            console = Optional.of(value);
            return this;
        }

        /** Starts that beside it, just before it. */
        public Builder companion(Companion value) {
            companion = Optional.of(value);
            return this;
        }

        /** Runs it in a cgroup of its own with those limits; see {@link HostCgroups#obstacle}. */
        public Builder limits(ResourceLimits value) {
            limits = Optional.of(value);
            return this;
        }

        /** What it reads from standard input, then an end of file. */
        public Builder input(String text) {
            input = text;
            return this;
        }

        /** A variable of its environment, which is otherwise empty: this JVM's may hold secrets. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** How long it may take until the process is there; 10 seconds unless set. */
        public Builder deadline(Duration value) {
            deadline = value;
            return this;
        }

        /**
         * Checks everything.
         *
         * @throws IllegalArgumentException with all problems
         */
        public Launch build() {
            var problems = new ArrayList<String>();
            if (argv.isEmpty() || argv.get(0).isEmpty()) {
                problems.add("argv must begin with a program");
            }
            if (argv.stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
                problems.add("an argument must not hold a NUL character");
            }
            if (deadline.isNegative() || deadline.isZero()) {
                problems.add("the deadline must be positive, got " + deadline);
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException("launch in '" + directory + "': " + String.join("; ", problems));
            }
            return new Launch(this);
        }
    }
}
