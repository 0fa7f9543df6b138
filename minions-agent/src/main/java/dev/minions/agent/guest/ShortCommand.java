package dev.minions.agent.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs one of the guest's own tools for the agent itself: with a limit, and little output. */
final class ShortCommand {
    private static final int LIMIT_SECONDS = 10;
    private static final int MAX_OUTPUT = 4096;

    /** Also where NixOS has them. */
    private static final List<String> DIRECTORIES =
            List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/run/current-system/sw/bin", "/run/wrappers/bin");

    private ShortCommand() {}

    /** Where a tool is, or null. */
    static @Nullable String find(String tool) {
        for (String directory : DIRECTORIES) {
            String path = directory + "/" + tool;
            if (Files.isExecutable(Path.of(path))) {
                return path;
            }
        }
        return null;
    }

    /**
     * Runs a tool.
     *
     * @param input what it gets on its standard input
     * @param tool its name
     * @param args its arguments
     * @throws IOException if it is not there, does not end in time, or ends with an error; the message has its words
     */
    static void run(String input, String tool, String... args) throws IOException, InterruptedException {
        run(LIMIT_SECONDS, input, tool, args);
    }

    /** The same, for a tool that takes its time. */
    static void run(int limitSeconds, String input, String tool, String... args)
            throws IOException, InterruptedException {
        String path = find(tool);
        if (path == null) {
            throw new IOException("'" + tool + "' is not in the guest");
        }
        List<String> argv = new ArrayList<>(List.of(args));
        argv.add(0, path);
        ProcessBuilder builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        StringBuilder output = new StringBuilder();
        Thread reader = Threads.start("tool-output", () -> read(process, output));
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            Log.say("input of '" + tool + "'", e); // it did not want it; its exit code decides
        }
        boolean ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
            throw new IOException("'" + tool + "' did not end within " + limitSeconds + " s");
        }
        reader.join(1000);
        if (process.exitValue() != 0) {
            synchronized (output) {
                throw new IOException("'" + tool + "' exited with " + process.exitValue() + ": "
                        + output.toString().strip());
            }
        }
    }

    private static void read(Process process, StringBuilder output) {
        byte[] buffer = new byte[1024];
        try (InputStream stdout = process.getInputStream()) {
            for (int n = stdout.read(buffer); n >= 0; n = stdout.read(buffer)) {
                synchronized (output) {
                    if (output.length() < MAX_OUTPUT) {
                        output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    }
                }
            }
        } catch (IOException e) {
            Log.say("output of a tool", e);
        }
    }
}
