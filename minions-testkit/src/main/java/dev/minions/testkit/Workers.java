package dev.minions.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Threads of a test: platform threads, as what is tested may block in native code. */
final class Workers {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private Workers() {}

    /** Runs the same on several threads that begin at one moment, and gives what they return, in their order. */
    static <T> List<T> atOnce(int threads, IntFunction<T> body) {
        var gate = new CountDownLatch(1);
        try (var pool = Executors.newFixedThreadPool(threads, Workers::daemon)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                running.add(pool.submit(() -> {
                    gate.await();
                    return body.apply(number);
                }));
            }
            gate.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(result(future));
            }
            return results;
        }
    }

    /** Begins something on a thread of its own. */
    static <T> Running<T> begin(Callable<T> body) {
        var task = new FutureTask<T>(body);
        Thread thread = daemon(task);
        thread.start();
        return new Running<>(task, thread);
    }

    /**
     * Something under way.
     *
     * @param task gives what it returns
     * @param thread runs it
     */
    record Running<T>(Future<T> task, Thread thread) {
        T result() {
            return Workers.result(task);
        }

        void interrupt() {
            thread.interrupt();
        }

        /** Waits until the thread waits for something. */
        void awaitWaiting() {
            Await.until("thread waits", LIMIT, () -> switch (thread.getState()) {
                case WAITING, TIMED_WAITING, BLOCKED, TERMINATED -> true;
                default -> isInNativeCode(thread.getStackTrace());
            });
        }

        /** Where a thread that reads from a socket waits; to the JVM it runs. */
        private static boolean isInNativeCode(StackTraceElement[] stack) {
            return stack.length > 0 && stack[0].isNativeMethod();
        }
    }

    static <T> T result(Future<T> future) {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("a thread of the test is not done after " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("nobody opened the gate for " + LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static Thread daemon(Runnable body) {
        return Thread.ofPlatform().daemon().name("contract").unstarted(body);
    }
}
