package dev.minions.cli;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestProcess;
import dev.minions.Vm;
import dev.minions.client.json.ExecResultJson;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * A command of a guest in the foreground: our standard input goes to it, its outputs come to ours, byte for byte and in
 * bounded memory, whatever their length. With {@code --json} the beginning of the outputs is kept and shown at the end.
 */
final class GuestRun {
    private static final Duration LONG = Duration.ofDays(1);

    /**
     * How long an output may stay open and silent once the command has ended: something it left in the background may
     * hold it for ever.
     */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Session session;
    private final InputStream in;

    private GuestRun(Session session, InputStream in) {
        this.session = session;
        this.in = in;
    }

    static GuestRun of(Session session) {
        InputStream in = session.given().has(GuestOptions.NO_STDIN)
                ? new ByteArrayInputStream(new byte[0])
                : session.surroundings().in();
        return new GuestRun(session, in);
    }

    /** Runs it and returns the exit code. */
    int run(Vm vm, Command command) {
        if (!session.json()) {
            Surroundings ours = session.surroundings();
            return relay(vm, command, ours.out(), ours.err()).shellCode();
        }
        Capture out = new Capture();
        Capture err = new Capture();
        ExitStatus status = relay(vm, command, out, err);
        boolean truncated = out.truncated() || err.truncated();
        session.screen().json(ExecResultJson.of(new ExecResult(status, out.bytes(), err.bytes(), truncated)));
        return status.shellCode();
    }

    private ExitStatus relay(Vm vm, Command command, OutputStream out, OutputStream err) {
        try (GuestProcess process = vm.start(command)) {
            session.signals().passTo(process::signal);
            Pump stdout = Pump.start("stdout", process.stdout(), out, process::close);
            Pump stderr = Pump.start("stderr", process.stderr(), err, process::close);
            Pump.startInput(in, process.stdin());
            ExitStatus status = await(process, stdout, stderr);
            stdout.drain(SILENCE);
            stderr.drain(SILENCE);
            throwFirst(stdout, stderr, command);
            return status;
        } catch (InterruptedException e) {
            throw interrupted(command, e);
        } catch (MinionsException e) {
            throw e.code() == ErrorCode.CALL_INTERRUPTED ? interrupted(command, e) : e;
        } finally {
            session.signals().keep();
        }
    }

    private static MinionsException interrupted(Command command, Exception cause) {
        return new MinionsException(
                ErrorCode.CALL_INTERRUPTED, "exec '" + command + "': interrupted; the command was ended", cause);
    }

    /** The end of the process; or the reason why an output could not be passed on, which ends the process as well. */
    private static ExitStatus await(GuestProcess process, Pump stdout, Pump stderr) {
        try {
            Optional<ExitStatus> status;
            do {
                status = process.waitFor(LONG);
            } while (status.isEmpty());
            return status.get();
        } catch (MinionsException ended) {
            stdout.throwWriteFailure();
            stderr.throwWriteFailure();
            throw ended;
        }
    }

    private static void throwFirst(Pump stdout, Pump stderr, Command command) {
        stdout.throwWriteFailure();
        stderr.throwWriteFailure();
        for (Pump pump : new Pump[] {stdout, stderr}) {
            IOException lost = pump.readFailure();
            if (lost != null) {
                throw new MinionsException(
                        ErrorCode.AGENT_ERROR,
                        "exec '" + command + "': the end of its " + pump.name() + " was lost: " + lost.getMessage(),
                        lost);
            }
        }
    }
}
