package dev.minions.bench;

import dev.minions.bench.Arguments.UsageException;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The program. Figures go to standard output, everything else to standard error. */
public final class Main {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int NOT_POSSIBLE = 3;
    private static final long CLEAN_UP_SECONDS = 60;

    private Main() {}

    /** Measures what the command line names. Exits with 0, 1 failed, 2 usage, 3 something could not be measured. */
    public static void main(String[] words) {
        CountDownLatch done = new CountDownLatch(1);
        Thread worker = Thread.currentThread();
        // A Ctrl-C ends what is measured, and waits until everything that was made for it is gone.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(worker, done)));
        int code = FAILED;
        try {
            code = run(List.of(words));
        } finally {
            done.countDown();
        }
        System.exit(code);
    }

    private static void end(Thread worker, CountDownLatch done) {
        try {
            if (done.getCount() > 0) {
                worker.interrupt();
                if (!done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS)) {
                    say("not everything was cleaned up within " + CLEAN_UP_SECONDS + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("SystemOut") // it is a program
    private static int run(List<String> words) {
        try {
            Arguments arguments = Arguments.parse(words, Catalogue.names());
            if (arguments.help()) {
                System.out.print(Arguments.USAGE);
                return 0;
            }
            if (arguments.list()) {
                Catalogue.all()
                        .forEach(benchmark -> System.out.printf("%-14s %s%n", benchmark.name(), benchmark.summary()));
                return 0;
            }
            return measure(arguments);
        } catch (UsageException e) {
            say(String.valueOf(e.getMessage()));
            System.err.print(Arguments.USAGE);
            return USAGE;
        } catch (IOException e) {
            say(e.toString());
            return FAILED;
        }
    }

    @SuppressWarnings("SystemOut") // it is a program
    private static int measure(Arguments arguments) throws IOException {
        List<Figure> figures = new ArrayList<>();
        int code = 0;
        try (Workbench bench = Workbench.open(arguments.dataDirectory())) {
            for (Benchmark benchmark : Catalogue.chosen(arguments.names())) {
                if (Thread.currentThread().isInterrupted()) {
                    return FAILED;
                }
                say("measuring " + benchmark.name() + ": " + benchmark.summary());
                List<Figure> measured = new ArrayList<>();
                int outcome = measure(benchmark, bench, arguments, measured);
                code = outcome == 0 || code == FAILED ? code : outcome;
                figures.addAll(measured);
                if (arguments.json()) {
                    measured.forEach(figure -> System.out.println(Report.json(figure)));
                }
            }
        }
        if (!arguments.json() && !figures.isEmpty()) {
            System.out.print(Report.table(figures));
        }
        return code;
    }

    private static int measure(Benchmark benchmark, Workbench bench, Arguments arguments, List<Figure> figures) {
        try {
            figures.addAll(benchmark.measure(bench, arguments.runs().orElse(benchmark.defaultRuns())));
            return 0;
        } catch (NotPossibleException e) {
            say("NOT MEASURED: " + benchmark.name() + ": " + e.getMessage());
            return NOT_POSSIBLE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MinionsException e) {
            say(benchmark.name() + ": " + e.getMessage());
            if (e.code() == ErrorCode.CALL_INTERRUPTED) {
                Thread.currentThread().interrupt();
            }
        } catch (Exception e) { // whatever it is, the others can still be measured, and what was made is removed
            say(benchmark.name() + ": " + e);
        }
        return FAILED;
    }

    /** Says something that is no figure. */
    @SuppressWarnings("SystemOut") // it is a program
    static void say(String message) {
        System.err.println("bench: " + message);
    }
}
