package dev.minions.spi.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A program that starts a process and then waits to be ended: the one that tests kill. */
final class StarterProgram {
    private StarterProgram() {}

    /** Arguments: launch directory, run directory, lifetime. */
    public static void main(String[] arguments) throws IOException {
        LaunchedProcess process =
                Launcher.start(Launch.builder(Path.of(arguments[0]), Path.of(arguments[1]), List.of("sleep", "600"))
                        .lifetime(Lifetime.valueOf(arguments[2]))
                        .build());
        byte[] line = (process.identity() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        new java.io.FileOutputStream(java.io.FileDescriptor.out).write(line);
        process = null; // whether the process lives on must not depend on a handle
        System.gc();
        System.in.read();
    }

    /**
     * That program in a session of its own, so that its whole group can be signalled; with the interrupt not ignored, which
     * a shell lets its background jobs inherit, and the tests may be run as one.
     */
    static Process start(Path directory, Path run, Lifetime lifetime) throws IOException {
        return new ProcessBuilder(
                        "setsid",
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StarterProgram.class.getName(),
                        directory.toString(),
                        run.toString(),
                        lifetime.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
