package dev.minions.testkit.cloudhypervisor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The fake's own process: takes the command line of the true program as far as Minions uses it, and no more. */
final class FakeProgram {
    private final Options options;
    private final PrintStream errors = new PrintStream(new FileOutputStream(FileDescriptor.err), true);
    private Optional<Path> socket = Optional.empty();
    private OutputStream events = OutputStream.nullOutputStream();

    private FakeProgram(Options options) {
        this.options = options;
    }

    /** What the process runs: the options' file first, then the true program's arguments. */
    public static void main(String[] arguments) throws IOException {
        var program = new FakeProgram(Options.read(Path.of(arguments[0])));
        List<String> rest = new ArrayList<>(List.of(arguments));
        rest.remove(0);
        if (rest.equals(List.of("--version"))) {
            new PrintStream(new FileOutputStream(FileDescriptor.out), true)
                    .println("cloud-hypervisor " + program.options.version());
            return;
        }
        program.run(rest);
    }

    private void run(List<String> arguments) throws IOException {
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
            String value = arguments.get(i + 1);
            switch (arguments.get(i)) {
                case "--api-socket" -> socket = Optional.of(Path.of(value.replaceFirst("^path=", "")));
                case "--event-monitor" -> events = events(value);
                case "--seccomp" -> require(value.equals("true"), "seccomp is not to be switched off");
                default -> require(false, "unexpected argument '" + arguments.get(i) + "' found");
            }
        }
        require(socket.isPresent() && arguments.size() % 2 == 0, "the arguments are not complete");
        serve(socket.get());
    }

    private static OutputStream events(String value) throws IOException {
        return value.equals("fd=1")
                ? new FileOutputStream(FileDescriptor.out)
                : Files.newOutputStream(Path.of(value.replaceFirst("^path=", "")));
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            errors.println("error: " + otherwise);
            Runtime.getRuntime().halt(2);
        }
    }

    private void serve(Path path) throws IOException {
        if (options.release().takesOverSockets()) {
            Files.deleteIfExists(path);
            Files.writeString(Path.of(path + ".lock"), "");
        }
        var log = new EventLog(events);
        Runnable exit = () -> end(path);
        var machine = new Machine(options, log, exit);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> terminate(machine, exit)));
        log.report("vmm", "starting");
        try {
            new ApiServer(options.faults(), machine, new Api(options, machine), exit).serve(path);
        } catch (IOException e) {
            errors.println("Error: " + Messages.of(e));
            Runtime.getRuntime().halt(1);
        }
    }

    /** SIGTERM: what the one thread does when it comes to it, and then as always. */
    private static void terminate(Machine machine, Runnable exit) {
        machine.turn().lock();
        try {
            machine.shutDownVmm();
        } catch (ApiError e) {
            Runtime.getRuntime().halt(1);
        } finally {
            exit.run();
        }
    }

    private static void end(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }
}
