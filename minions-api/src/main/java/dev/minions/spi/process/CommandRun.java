package dev.minions.spi.process;

import dev.minions.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One run of a {@link HostCommand}: the process, the threads that read what it prints, and how it is ended early. */
final class CommandRun {
    /** What a shell and the JDK add to the number of the signal that ended a process. */
    static final int SIGNAL_BASE = 128;

    /** How long to read on after the command has ended: something it left behind may hold its output open. */
    private static final Duration STRAGGLERS = Duration.ofSeconds(1);

    private final ProcessBuilder builder;
    private final Optional<byte[]> stdin;
    private final Consumer<String> listener;
    private final String command;

    /**
     * A run.
     *
     * @param stdin what the command reads; empty for a pipe that is open until the command has ended
     */
    CommandRun(ProcessBuilder builder, Optional<byte[]> stdin, Consumer<String> listener, String command) {
        this.builder = builder;
        this.stdin = stdin;
        this.listener = listener;
        this.command = command;
    }

    HostCommand.Result await(Duration deadline) {
        Process process = begin();
        var stdout = new Capture(HostCommand.STDOUT_LIMIT, Capture.Keep.BEGINNING);
        var stderr = new Capture(HostCommand.STDERR_LIMIT, Capture.Keep.END);
        Thread[] threads = {
            start("stdout", () -> drain(process.getInputStream(), stdout)),
            start("stderr", () -> drain(process.getErrorStream(), stderr)),
            stdin.filter(text -> text.length > 0)
                    .map(text -> start("stdin", () -> feed(process.getOutputStream(), text)))
                    .orElse(null)
        };
        try {
            if (stdin.isPresent() && stdin.get().length == 0) {
                closeQuietly(process.getOutputStream());
            }
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Failures.failure(
                        ErrorCode.COMMAND_TIMEOUT,
                        "run '" + command + "': not done after " + Failures.text(deadline) + ", ended"
                                + (stderr.text().isBlank() ? "" : ": " + lastLine(stderr.text())));
            }
            for (Thread thread : threads) {
                if (thread != null) {
                    thread.join(STRAGGLERS);
                }
            }
            return new HostCommand.Result(process.exitValue(), stdout.text(), stderr.text());
        } catch (InterruptedException e) {
            throw Failures.interrupted("run '" + command + "'", e);
        } finally {
            if (process.isAlive()) {
                killGroup(process);
            }
            if (stdin.isEmpty()) {
                closeQuietly(process.getOutputStream());
            }
        }
    }

    private Process begin() {
        try {
            return builder.start();
        } catch (IOException e) {
            throw Failures.io("run '" + command + "'", e);
        }
    }

    private Thread start(String stream, Runnable task) {
        return Thread.ofPlatform().daemon().name("minions-command-" + stream).start(task);
    }

    private void drain(InputStream stream, Capture capture) {
        var lines = new LineSplitter(listener);
        byte[] buffer = new byte[8192];
        try (stream) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                capture.add(buffer, n);
                lines.add(buffer, n);
            }
        } catch (IOException e) {
            // The process was ended and its pipes with it; what was read until then is what there is.
            capture.add(new byte[0], 0);
        }
        lines.end();
    }

    private static void feed(OutputStream stream, byte[] text) {
        try (stream) {
            stream.write(text);
        } catch (IOException e) {
            // The command did not want all of its input; its exit code says whether that matters.
            closeQuietly(stream);
        }
    }

    private static void closeQuietly(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // A pipe to a process that is gone: there is nothing left to close.
            return;
        }
    }

    /** The command leads its own session, so its pid is that of its group. */
    private static void killGroup(Process process) {
        boolean interrupted = Thread.interrupted(); // it would cut the wait for the death short
        try {
            Process killer = new ProcessBuilder(
                            "/bin/sh", "-c", "kill -KILL \"-$1\"", "sh", Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            killer.waitFor(STRAGGLERS.toMillis(), TimeUnit.MILLISECONDS);
            killer.destroyForcibly();
            process.destroyForcibly(); // interrupted so early that it has no group of its own yet
            process.waitFor(STRAGGLERS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String lastLine(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .reduce((a, b) -> b)
                .orElse("")
                .strip();
    }

    /** Cuts a stream of bytes into lines of a bounded length. */
    private static final class LineSplitter {
        private static final int LONGEST = 8192;

        private final Consumer<String> listener;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        LineSplitter(Consumer<String> listener) {
            this.listener = listener;
        }

        void add(byte[] bytes, int count) {
            for (int i = 0; i < count; i++) {
                if (bytes[i] == '\n' || bytes[i] == '\r') {
                    end();
                } else if (line.size() < LONGEST) {
                    line.write(bytes[i]);
                }
            }
        }

        void end() {
            if (line.size() > 0) {
                listener.accept(line.toString(StandardCharsets.UTF_8));
                line.reset();
            }
        }
    }
}
