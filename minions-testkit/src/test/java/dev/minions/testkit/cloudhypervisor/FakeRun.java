package dev.minions.testkit.cloudhypervisor;

import dev.minions.spi.process.UnixStream;
import dev.minions.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fake that runs. */
final class FakeRun implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    /** Type stream, state connected: proc(5). */
    private static final String CONNECTED = "0001 03";

    private final Path directory;
    private final String name;
    private final Process process;

    FakeRun(Path program, Path directory, String name) throws IOException {
        this.directory = directory;
        this.name = name;
        process = new ProcessBuilder(program.toString(), "--api-socket", "path=" + socket(), "--event-monitor", "fd=1")
                .redirectOutput(file(".ev").toFile())
                .redirectError(file(".out").toFile())
                .start();
        Await.until(name + " listens", LIMIT, () -> connects(socket()) || !process.isAlive());
    }

    Path socket() {
        return file(".sock");
    }

    Path file(String ending) {
        return directory.resolve(name + ending);
    }

    private static boolean connects(Path socket) {
        try {
            UnixStream.connect(socket, System.nanoTime() + LIMIT.toNanos()).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    FakeClient.Answer call(String method, String endpoint, String body) throws IOException {
        try (var client = new FakeClient(socket())) {
            return client.call(method, endpoint, body);
        }
    }

    /** What happened so far: source, event and the id it was about. */
    List<String> events() {
        try {
            var events = new ArrayList<String>();
            for (String text : Files.readString(file(".ev")).split("\n\n", -1)) {
                if (!text.isBlank()) {
                    events.add(name(Json.table(Json.of(text))));
                }
            }
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String name(java.util.Map<String, Object> event) {
        Object properties = Json.field(event, "properties");
        return event.get("source") + " " + event.get("event")
                + (properties == Json.Null.NULL
                        ? ""
                        : " " + Json.table(properties).getOrDefault("id", ""));
    }

    void awaitEvent(String event) {
        Await.until("event " + event, LIMIT, () -> events().contains(event));
    }

    /** How many connections to its socket it has, as the kernel tells. */
    long connections() {
        try (var sockets = Files.lines(Path.of("/proc/net/unix"))) {
            return sockets.filter(line -> line.endsWith(" " + socket()))
                    .filter(line -> line.contains(" " + CONNECTED + " "))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the bridge answers to a connection; empty for an end of file. */
    static String connect(Path vsock, int port) throws IOException {
        try (UnixStream stream = UnixStream.connect(vsock, System.nanoTime() + LIMIT.toNanos())) {
            stream.write("CONNECT " + port + "\n", System.nanoTime() + LIMIT.toNanos());
            return stream.readLine(System.nanoTime() + LIMIT.toNanos());
        } catch (java.net.SocketException e) {
            return "";
        }
    }

    int awaitExit() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " still runs");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
