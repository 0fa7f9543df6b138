package dev.minions.agent.client;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a command by an existing agent, which knows neither environment, directory, user nor time limit: the guest's own
 * tools stand in for them. It cuts each output at {@link #CUT} without a word, and closes the connection without one
 * where its answer does not fit a frame; both are said here.
 */
final class LegacyExec {
    private static final int TIMEOUT_CODE = 124;

    /** Where an existing agent cuts an output; it may cut a character's rest, up to three bytes, as well. */
    private static final int CUT = 512 * 1024;

    private static final int CUT_CHARACTER = 3;

    private final Calls calls;

    LegacyExec(Calls calls) {
        this.calls = calls;
    }

    ExecResult exec(Command command, int keepBytes, Deadline deadline) throws IOException, InterruptedException {
        List<String> argv = argv(AgentClient.spec(command));
        CommandSpec plain = new CommandSpec(argv.get(0), argv.subList(1, argv.size()), Map.of(), null, null, 0);
        long began = System.nanoTime();
        Answer.Output output = run(plain, deadline);
        boolean late = command.timeout().isPresent()
                && System.nanoTime() - began >= command.timeout().get().toNanos();
        byte[] stdout = output.stdout();
        byte[] stderr = output.stderr();
        int most = Math.min(keepBytes, CUT - CUT_CHARACTER - 1);
        boolean cut = stdout.length > most || stderr.length > most;
        return new ExecResult(
                status(output, late), cut(stdout, keepBytes), cut(stderr, keepBytes), cut || output.truncated());
    }

    private Answer.Output run(CommandSpec plain, Deadline deadline) throws IOException, InterruptedException {
        try {
            return calls.call(new Request.Exec(plain), Answer.Output::read, deadline);
        } catch (AgentException e) {
            if (e.reason() != Reason.LOST) {
                throw e;
            }
            throw new AgentException(
                    Reason.LOST,
                    e.getMessage() + "; an old agent also does so where a command's outputs do not fit one answer",
                    e);
        }
    }

    private static List<String> argv(CommandSpec spec) throws AgentException {
        if (spec.cwd() != null && spec.command().indexOf('/') > 0) {
            throw new AgentException(
                    Reason.UNSUPPORTED,
                    "the guest's agent cannot run '" + AgentClient.printable(spec.command())
                            + "' in another directory");
        }
        List<String> argv = new ArrayList<>();
        if (spec.timeoutMillis() > 0) {
            argv.addAll(List.of("timeout", "-s", "KILL", "-k", "1", spec.timeoutMillis() / 1000.0 + "s"));
        }
        if (spec.user() != null) {
            argv.addAll(List.of("runuser", "-u", spec.user(), "--"));
        }
        if (spec.cwd() != null || !spec.env().isEmpty()) {
            argv.add("env");
            if (spec.cwd() != null) {
                argv.add("--chdir=" + spec.cwd());
            }
            spec.env().forEach((name, value) -> argv.add(name + "=" + value));
        }
        argv.add(spec.command());
        argv.addAll(spec.args());
        return argv;
    }

    private static ExitStatus status(Answer.Output output, boolean late) {
        int code = output.exitCode();
        boolean timedOut =
                late && (code == TIMEOUT_CODE || code == ExitStatus.SIGNAL_BASE + 9 || code == Answer.Output.KILLED);
        if (output.timedOut() || timedOut) {
            return new ExitStatus.TimedOut();
        }
        Integer signal = output.signal();
        if (code == Answer.Output.KILLED) {
            return new ExitStatus.Signalled(signal == null || signal == 0 ? 9 : signal);
        }
        return ExitStatus.exited(code & 0xFF);
    }

    private static byte[] cut(byte[] bytes, int keep) {
        return bytes.length > keep ? java.util.Arrays.copyOf(bytes, keep) : bytes;
    }
}
