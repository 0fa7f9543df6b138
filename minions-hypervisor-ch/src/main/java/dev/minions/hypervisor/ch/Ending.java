package dev.minions.hypervisor.ch;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.LaunchedProcess;
import dev.minions.spi.process.ProcessIdentity.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;

/**
 * Ends a VMM whose guest was not asked, or did not heed: first in ways that let it put its files and sockets in order, at
 * last by force. Each step has a short time of its own, and none is tried that the one before has shown to be useless.
 */
final class Ending {
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final ChFiles files;
    private final LaunchedProcess process;
    private final Api api;
    private final Duration patience;

    Ending(ChFiles files, LaunchedProcess process, Api api, Limits limits) {
        this.files = files;
        this.process = process;
        this.api = api;
        this.patience = limits.rung();
    }

    /** Ends it, and writes down first that it was us, since from outside it looks as if the guest had powered off. */
    void run() {
        if (!process.isAlive()) {
            return;
        }
        note("vm.shutdown");
        if (asks(Verb.SHUT_DOWN)) {
            note("vmm.shutdown");
            if (asks(Verb.SHUT_DOWN_VMM) && ends()) {
                return;
            }
        }
        note("SIGTERM");
        if (!process.signal(Signal.TERM) || ends()) {
            return;
        }
        force();
    }

    /** Ends it at once. */
    void force() {
        if (process.isAlive()) {
            note("SIGKILL");
        }
        process.kill(KILL_LIMIT);
    }

    /** Whether it answers, be it that there is no machine to shut down. */
    private boolean asks(Verb verb) {
        try {
            api.ask(verb, "", patience);
            return true;
        } catch (MinionsException e) {
            if (e.code() == ErrorCode.CALL_INTERRUPTED) {
                throw e;
            }
            return false;
        }
    }

    private boolean ends() {
        return process.awaitExit(patience).isPresent();
    }

    private void note(String step) {
        try {
            Files.writeString(files.ending(), step);
        } catch (NoSuchFileException e) {
            return; // removed by another engine, and the process with it
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.IO_ERROR, "write '" + files.ending() + "': " + e, e);
        }
    }

    /** By what we ended it, if we did. */
    static Optional<String> of(ChFiles files) {
        try {
            return Optional.of(Files.readString(files.ending()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
