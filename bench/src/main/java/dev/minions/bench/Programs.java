package dev.minions.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs of the host that are started, waited for and never left behind. */
final class Programs {
    private static final File NULL = new File("/dev/null");

    private Programs() {}

    /** Runs a program to its end; returns the milliseconds from before its start to its end. */
    static double time(List<String> argv, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(argv)
                .redirectInput(NULL)
                .redirectOutput(NULL)
                .redirectError(NULL);
        builder.environment().putAll(environment);
        Stopwatch watch = new Stopwatch();
        Process process = builder.start();
        int code = waitFor(process);
        double millis = watch.millis();
        if (code != 0) {
            throw new IOException(String.join(" ", argv) + ": exit code " + code);
        }
        return millis;
    }

    /**
     * Runs a program to its end.
     *
     * @throws IOException if it is not there or ends with another code than 0, with what it wrote
     */
    static void run(Path directory, String... argv) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(argv)
                .directory(directory.toFile())
                .redirectInput(NULL)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = waitFor(process);
        if (code != 0) {
            throw new IOException(String.join(" ", argv) + ": exit code " + code + ": " + said.strip());
        }
    }

    private static int waitFor(Process process) throws InterruptedException {
        try {
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The {@code java} that runs this. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
