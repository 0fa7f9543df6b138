package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.LaunchedProcess;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/** Asks one VMM, one request at a time, each with a deadline. That there is no answer does not mean that it is dead. */
final class Api {
    private static final long BUSY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ChFiles files;
    private final LaunchedProcess process;
    private final Turns turns;
    private final Limits limits;
    private volatile boolean peerKnown;

    /** Of a process that has run for some time: before the first request it is seen whether it is that one. */
    Api(ChFiles files, LaunchedProcess process, Turns turns, Limits limits) {
        this(files, process, turns, limits, false);
    }

    /** Of a process that was started a moment ago, in a directory that was empty. */
    static Api ofNewProcess(ChFiles files, LaunchedProcess process, Turns turns, Limits limits) {
        return new Api(files, process, turns, limits, true);
    }

    private Api(ChFiles files, LaunchedProcess process, Turns turns, Limits limits, boolean peerKnown) {
        this.peerKnown = peerKnown;
        this.files = files;
        this.process = process;
        this.turns = turns;
        this.limits = limits;
    }

    /** Asks without a body. */
    JsonNode call(Verb verb) {
        return call(verb, "");
    }

    JsonNode call(Verb verb, JsonNode body) {
        return call(verb, Answer.Json.write(body));
    }

    /**
     * Asks.
     *
     * @return what was answered; a missing node if that was nothing
     * @throws MinionsException {@code HYPERVISOR_ERROR} if the VMM refuses, or does not answer in time, whatever it does
     */
    private JsonNode call(Verb verb, String body) {
        Answer answer = ask(verb, body, limits.of(verb));
        if (!answer.isSuccess()) {
            throw failure(verb, "it answered " + answer);
        }
        return answer.body().isEmpty()
                ? tools.jackson.databind.node.JsonNodeFactory.instance.missingNode()
                : answer.json();
    }

    /**
     * Asks, whether or not the VMM refuses.
     *
     * @throws MinionsException {@code HYPERVISOR_ERROR} if it does not answer in time, or has ended
     */
    Answer ask(Verb verb, String body, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        ReentrantLock turn = turns.of(files.place().vm());
        try {
            if (!turn.tryLock(within.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failure(verb, "another request has been under way for all of " + within.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, message(verb) + ": interrupted", e);
        }
        try {
            return exchange(verb, body, deadline);
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, message(verb) + ": interrupted", e);
        } catch (SocketTimeoutException e) {
            throw failure(verb, "no answer within " + within.toMillis() + " ms", e);
        } catch (IOException e) {
            throw failure(verb, process.isAlive() ? String.valueOf(e.getMessage()) : "it has ended", e);
        } finally {
            turn.unlock();
        }
    }

    private Answer exchange(Verb verb, String body, long deadline) throws IOException {
        if (!peerKnown) {
            Peer.require(files.api(), process.identity());
            peerKnown = true;
        }
        while (true) {
            Answer answer = HttpExchange.run(files.api(), verb, body, deadline);
            if (!answer.isBusy() || System.nanoTime() - deadline >= 0) {
                return answer;
            }
            LockSupport.parkNanos(BUSY_PAUSE_NANOS); // other programs hold its ten connections
        }
    }

    private MinionsException failure(Verb verb, String fact) {
        return new MinionsException(ErrorCode.HYPERVISOR_ERROR, message(verb) + ": " + fact);
    }

    private MinionsException failure(Verb verb, String fact, IOException cause) {
        return new MinionsException(ErrorCode.HYPERVISOR_ERROR, message(verb) + ": " + fact, cause);
    }

    private String message(Verb verb) {
        return "send '" + verb.endpoint() + "' to the cloud-hypervisor of vm "
                + files.place().vm();
    }
}
