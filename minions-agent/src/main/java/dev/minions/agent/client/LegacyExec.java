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
 * tools stand in for them.
 */
final class LegacyExec {
    private static final int TIMEOUT_CODE = 124;

    private final Calls calls;

    LegacyExec(Calls calls) {
        this.calls = calls;
    }

    ExecResult exec(Command command, int keepBytes, Deadline deadline) throws IOException, InterruptedException {
        List<String> argv = argv(AgentClient.spec(command));
        CommandSpec plain = new CommandSpec(argv.get(0), argv.subList(1, argv.size()), Map.of(), null, null, 0);
        Answer.Output output = Answer.Output.read(calls.call(new Request.Exec(plain), deadline));
        byte[] stdout = output.stdout();
        byte[] stderr = output.stderr();
        boolean cut = stdout.length > keepBytes || stderr.length > keepBytes;
        return new ExecResult(
                status(output, command), cut(stdout, keepBytes), cut(stderr, keepBytes), cut || output.truncated());
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

    private static ExitStatus status(Answer.Output output, Command command) {
        int code = output.exitCode();
        boolean timedOut = command.timeout().isPresent()
                && (code == TIMEOUT_CODE || code == ExitStatus.SIGNAL_BASE + 9 || code == Answer.Output.KILLED);
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
