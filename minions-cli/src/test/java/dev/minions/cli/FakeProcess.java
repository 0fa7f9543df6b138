package dev.minions.cli;

import dev.minions.Command;
import dev.minions.ExitStatus;
import dev.minions.GuestProcess;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A command in a guest that is not there: a thread that does what the program's name says. */
final class FakeProcess implements GuestProcess {
    private final Pipe stdin;
    private final Pipe stdout;
    private final Pipe stderr;
    private final Consumer<String> journal;
    private final CompletableFuture<ExitStatus> end = new CompletableFuture<>();
    private final CompletableFuture<Integer> signalled = new CompletableFuture<>();

    private FakeProcess(Consumer<String> journal) {
        this.journal = journal;
        try {
            stdin = Pipe.open();
            stdout = Pipe.open();
            stderr = Pipe.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FakeProcess start(Command command, Consumer<String> journal) {
        String program = command.argv().get(0);
        if (program.equals("missing")) {
            throw FakeMinions.failure(ErrorCode.GUEST_COMMAND_NOT_FOUND, "exec 'missing': not in the guest");
        }
        if (program.equals("notexec")) {
            throw FakeMinions.failure(ErrorCode.GUEST_COMMAND_NOT_EXECUTABLE, "exec 'notexec': permission denied");
        }
        FakeProcess process = new FakeProcess(journal);
        Thread.ofPlatform().daemon().name("guest " + program).start(() -> process.live(command));
        return process;
    }

    private void live(Command command) {
        try {
            ExitStatus status = run(command);
            if (!command.argv().get(0).equals("hold")) {
                stdout.sink().close();
                stderr.sink().close();
            }
            end.complete(status);
        } catch (IOException closed) {
            end.completeExceptionally(closed);
        }
    }

    private ExitStatus run(Command command) throws IOException {
        OutputStream out = Channels.newOutputStream(stdout.sink());
        OutputStream err = Channels.newOutputStream(stderr.sink());
        String first = command.argv().size() > 1 ? command.argv().get(1) : "";
        switch (command.argv().get(0)) {
            case "echo" ->
                print(
                        out,
                        String.join(
                                        " ",
                                        command.argv().subList(1, command.argv().size())) + "\n");
            case "cat" -> Channels.newInputStream(stdin.source()).transferTo(out);
            case "both", "hold" -> {
                print(out, "to stdout\n");
                print(err, "to stderr\n");
            }
            case "bytes" -> out.write(new byte[] {(byte) 0xff, 0, (byte) 0xfe});
            case "flood" -> flood(out, Long.parseLong(first));
            case "env" -> {
                print(out, new TreeMap<>(command.environment()) + "\n");
                print(out, command.directory() + " " + command.user() + " " + command.timeout() + "\n");
            }
            case "sleep" -> {
                print(out, "sleeping\n");
                return command.timeout().isPresent()
                        ? new ExitStatus.TimedOut()
                        : new ExitStatus.Signalled(signalled.join());
            }
            case "deaf" -> {
                print(out, "sleeping\n");
                new CompletableFuture<>().join();
            }
            default -> {
                return ExitStatus.exited(Integer.parseInt(first));
            }
        }
        return ExitStatus.exited(0);
    }

    private static void flood(OutputStream out, long bytes) throws IOException {
        byte[] chunk = new byte[65_536];
        for (long sent = 0; sent < bytes; sent += chunk.length) {
            out.write(chunk, 0, (int) Math.min(chunk.length, bytes - sent));
        }
    }

    private static void print(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public OutputStream stdin() {
        return Channels.newOutputStream(stdin.sink());
    }

    @Override
    public InputStream stdout() {
        return Channels.newInputStream(stdout.source());
    }

    @Override
    public InputStream stderr() {
        return Channels.newInputStream(stderr.source());
    }

    @Override
    public void signal(int number) {
        journal.accept("signal " + number);
        signalled.complete(number);
    }

    @Override
    public Optional<ExitStatus> waitFor(Duration limit) {
        try {
            return Optional.of(end.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, "exec: interrupted", e);
        } catch (ExecutionException e) {
            throw new MinionsException(ErrorCode.AGENT_ERROR, "exec: the connection was closed", e);
        }
    }

    @Override
    public void close() {
        journal.accept("process closed");
        end.completeExceptionally(new IOException("closed"));
        for (Pipe pipe : new Pipe[] {stdin, stdout, stderr}) {
            try {
                pipe.source().close();
                pipe.sink().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
