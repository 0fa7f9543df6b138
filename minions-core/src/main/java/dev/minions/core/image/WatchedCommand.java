package dev.minions.core.image;

import dev.minions.spi.process.HostCommand;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Runs a command that takes long, and tells the calling thread what it prints. A listener of progress may rely on being
 * called by the thread that called, in order; the streams of a command are read by two others.
 */
final class WatchedCommand {
    private static final Duration ENDING = Duration.ofSeconds(10);
    private static final String END = "\n"; // no line that was printed holds a line feed

    private WatchedCommand() {}

    /**
     * Runs it until it has ended, well or not. Interruption, an exception of the listener, and the death of this program end
     * the command.
     *
     * @param command without a listener of its own
     * @param lines is told each line, on the calling thread
     */
    static HostCommand.Result run(HostCommand command, Consumer<String> lines) {
        BlockingQueue<String> printed = new LinkedBlockingQueue<>();
        HostCommand watched = command.tied().listener(printed::add);
        FutureTask<HostCommand.Result> run = new FutureTask<>(watched::outcome);
        Thread runner = Thread.ofPlatform().daemon().name("minions-command").start(() -> {
            run.run();
            printed.add(END);
        });
        try {
            for (String line = printed.take(); !line.equals(END); line = printed.take()) {
                lines.accept(line);
            }
            return run.get();
        } catch (InterruptedException e) {
            throw Failures.interrupted("run '" + command + "'", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("run '" + command + "'", e.getCause());
        } finally {
            if (!run.isDone()) {
                end(runner);
            }
        }
    }

    /** Waits until the command and what it started are gone, whoever interrupts: its files are removed next. */
    private static void end(Thread runner) {
        boolean interrupted = Thread.interrupted();
        runner.interrupt();
        try {
            runner.join(ENDING);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
