package dev.minions.agent.guest;

import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts commands, each as the leader of a session and a process group of its own, so that it can be ended with all it
 * started. {@code setsid} makes it one: it becomes the command by exec, which keeps the process id.
 */
final class Spawner {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String NIX_PATH = PATH + ":/run/wrappers/bin:/run/current-system/sw/bin";

    private final GuestRoot root;
    private final Accounts accounts;
    private final OutputPipes pipes;

    Spawner(GuestRoot root) {
        this.root = root;
        this.pipes = new OutputPipes(root);
        this.accounts = new Accounts(root);
    }

    /** Makes ready for the first command. */
    void prepare() {
        pipes.prepare();
    }

    /**
     * Starts a command. Its outputs must then be drained.
     *
     * @param withInput whether its input is a pipe; else it is empty
     * @throws GuestFailure if there is no such program, directory or user
     */
    ProcessGroup start(CommandSpec spec, boolean withInput) throws GuestFailure, InterruptedException {
        Accounts.Account account = accounts.find(spec.user());
        Map<String, String> environment = environment(spec, account);
        File directory = directory(spec.cwd());
        requireExecutable(spec.command(), directory, environment.getOrDefault("PATH", PATH));
        ProcessBuilder builder = new ProcessBuilder(argv(spec, account));
        builder.directory(directory);
        builder.environment().clear();
        builder.environment().putAll(environment);
        if (!withInput) {
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        }
        try {
            return start(builder);
        } catch (IOException e) {
            throw new GuestFailure(Failure.FAILED, "run '" + Fields.printable(spec.command()) + "': " + e.getMessage());
        }
    }

    private ProcessGroup start(ProcessBuilder builder) throws IOException, InterruptedException {
        OutputPipe stdout = pipes.take();
        boolean started = false;
        try {
            ProcessGroup group = start(builder.redirectOutput(stdout.redirect()), stdout);
            started = true;
            return group;
        } finally {
            if (!started) {
                stdout.discard();
            }
        }
    }

    private ProcessGroup start(ProcessBuilder builder, OutputPipe stdout) throws IOException, InterruptedException {
        OutputPipe stderr = pipes.take();
        boolean started = false;
        try {
            Process process = builder.redirectError(stderr.redirect()).start();
            started = true;
            stdout.release();
            stderr.release();
            return new ProcessGroup(process, stdout, stderr);
        } finally {
            if (!started) {
                stderr.discard();
            }
        }
    }

    private static List<String> argv(CommandSpec spec, Accounts.Account account) throws GuestFailure {
        List<String> argv = new ArrayList<>();
        argv.add(tool("setsid"));
        argv.add("--");
        if (account.uid() != 0) {
            argv.add(tool("setpriv"));
            argv.add("--reuid=" + account.uid());
            argv.add("--regid=" + account.gid());
            argv.add(account.known() ? "--init-groups" : "--clear-groups");
            argv.add("--");
        }
        argv.add(spec.command());
        argv.addAll(spec.args());
        return argv;
    }

    private static String tool(String name) throws GuestFailure {
        String path = ShortCommand.find(name);
        if (path == null) {
            throw new GuestFailure(Failure.UNSUPPORTED, "'" + name + "' of util-linux is not in the guest");
        }
        return path;
    }

    private Map<String, String> environment(CommandSpec spec, Accounts.Account account) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", Files.isDirectory(root.at("/run/current-system/sw/bin")) ? NIX_PATH : PATH);
        environment.put("HOME", account.home());
        environment.put("USER", account.name());
        environment.put("LOGNAME", account.name());
        environment.put("SHELL", account.shell());
        environment.put("LANG", "C.UTF-8");
        environment.putAll(spec.env());
        return environment;
    }

    private static File directory(@Nullable String cwd) throws GuestFailure {
        File directory = new File(cwd == null ? "/" : cwd);
        if (!directory.isAbsolute() || !directory.isDirectory()) {
            throw new GuestFailure(
                    Failure.NOT_EXECUTABLE,
                    "'" + Fields.printable(directory.getPath()) + "' is no directory in the guest");
        }
        return directory;
    }

    /** What exec would find, or not. Said before, because afterwards it would look like the command's own exit code. */
    private static void requireExecutable(String command, File directory, String path) throws GuestFailure {
        if (command.indexOf('/') >= 0) {
            require(directory.toPath().resolve(command), command);
            return;
        }
        boolean there = false;
        for (String element : path.split(":", -1)) {
            Path candidate = directory.toPath().resolve(element).resolve(command);
            if (isExecutable(candidate)) {
                return;
            }
            there |= Files.exists(candidate);
        }
        throw there ? notExecutable(command) : notFound(command);
    }

    private static void require(Path program, String command) throws GuestFailure {
        if (!Files.exists(program)) {
            throw notFound(command);
        }
        if (!isExecutable(program)) {
            throw notExecutable(command);
        }
    }

    private static boolean isExecutable(Path program) {
        return Files.isRegularFile(program) && Files.isExecutable(program);
    }

    private static GuestFailure notFound(String command) {
        return new GuestFailure(Failure.NOT_FOUND, "command '" + Fields.printable(command) + "' is not in the guest");
    }

    private static GuestFailure notExecutable(String command) {
        return new GuestFailure(
                Failure.NOT_EXECUTABLE, "'" + Fields.printable(command) + "' in the guest is not executable");
    }
}
