package dev.minions.core.store;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Keeps calls that block in native code off the threads that carry virtual ones: there are as few of these as there are
 * processors, and every virtual thread of the JVM would stand still with them.
 */
final class BlockingCalls {
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor thread;

    BlockingCalls(String name) {
        thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name(name).factory());
        thread.allowCoreThreadTimeOut(true);
    }

    /** Runs it to its end: here on a platform thread, elsewhere on a virtual one, whose interrupt is kept for later. */
    void run(Runnable call) {
        if (!Thread.currentThread().isVirtual()) {
            call.run();
            return;
        }
        Future<?> future = thread.submit(call);
        boolean interrupted = false;
        while (true) {
            try {
                future.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the call cannot be stopped, and whether it succeeded must be known
            } catch (ExecutionException e) {
                throw rethrown(e);
            } finally {
                if (interrupted && future.isDone()) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static RuntimeException rethrown(ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
            return failure;
        }
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }

    void close() {
        thread.shutdown();
    }
}
