package dev.minions.agent.client;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestFile;
import dev.minions.GuestStatus;
import dev.minions.VmId;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.StreamRequest;
import dev.minions.spi.GuestChannel.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The agent in one guest, attached to and asked who it is. It may be ours or an existing one, which knows
 * {@link #health}, {@link #configureNetwork}, {@link #status}, {@link #writeFile} and {@link #exec}; the rest is then
 * {@link Reason#UNSUPPORTED}.
 *
 * <p>Threads: any number at once; they wait for their own answers only. Every call has a limit and can be interrupted,
 * and neither disturbs the others. Failures are {@link AgentException}, or whatever the dialer throws.
 */
public final class AgentClient implements AutoCloseable {
    private static final Duration GRACE = Duration.ofMillis(250);

    private final Calls calls;
    private final AgentInfo agent;

    AgentClient(Calls calls, AgentInfo agent) {
        this.calls = calls;
        this.agent = agent;
    }

    /**
     * Attaches to a guest's agent: waits until it answers, asks who it is, and asks nothing else if it is not whom the
     * caller wants. Where each connection is a new one it dials again, with growing pauses, until the limit.
     *
     * @param framing what kind of way leads to the guest
     * @param dialer opens it
     * @param expected the VM it must be; not checked with an existing agent, who cannot say
     * @param limit how long it may take
     * @throws AgentException {@code TIMED_OUT} or {@code WRONG_GUEST}
     */
    public static AgentClient attach(Framing framing, AgentDialer dialer, Optional<VmId> expected, Duration limit)
            throws IOException, InterruptedException {
        return new Attachment(framing, dialer, expected, Deadline.in(limit)).attach();
    }

    /** Who answered when this was attached. */
    public AgentInfo agent() {
        return agent;
    }

    /** Whether it is an existing agent, which gets one connection for each request. */
    public boolean legacy() {
        return agent.protocol() == 0;
    }

    /** Whether calls can succeed: false when this was closed or the connection was lost. Then attach anew. */
    public boolean isOpen() {
        return calls.isOpen();
    }

    /** Lets the connection go. Commands that still run are killed by the agent. May be called again. */
    @Override
    public void close() {
        calls.close();
    }

    /** Asks whether the agent lives. */
    public Health health(Duration limit) throws IOException, InterruptedException {
        return health(Deadline.in(limit));
    }

    private Health health(Deadline deadline) throws IOException, InterruptedException {
        return calls.call(new Request.HealthCheck(), fields -> Health.of(Answer.Health.read(fields)), deadline);
    }

    /** Asks how the guest is doing. The agent takes a fifth of a second to measure its CPUs. */
    public GuestStatus status(Duration limit) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(limit);
        Health health = health(deadline);
        Optional<String> version = legacy() ? Optional.empty() : Optional.of(agent.version());
        return calls.call(
                new Request.ReportStatus(),
                fields -> Reported.status(Answer.Status.read(fields), health.hostname(), version),
                deadline);
    }

    /** Gives the guest its addresses, now and after each of its reboots. */
    public void configureNetwork(NetworkSettings settings, Duration limit) throws IOException, InterruptedException {
        if (legacy() && (settings.ip6().isPresent() || settings.gateway().isEmpty())) {
            throw new AgentException(
                    Reason.UNSUPPORTED, "the guest's agent can only set one address, with a gateway to go out by");
        }
        call(
                new Request.ConfigureNetwork(
                        settings.ip(),
                        settings.gateway().orElse(null),
                        settings.dns(),
                        settings.ip6().orElse(null),
                        settings.gateway6().orElse(null),
                        null),
                limit);
    }

    /** Writes a file and its directories; the file changes at one instant and is on the guest's disk on return. */
    public void writeFile(GuestFile file, Duration limit) throws IOException, InterruptedException {
        byte[] content = file.content();
        if (legacy() && !isText(content)) {
            throw new AgentException(
                    Reason.UNSUPPORTED, "file '" + file.path() + "' is no text, and the guest's agent takes only text");
        }
        call(new Request.WriteFile(file.path(), content, file.mode(), false, legacy()), limit);
    }

    private static boolean isText(byte[] content) {
        return java.util.Arrays.equals(
                new String(content, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), content);
    }

    /**
     * Reads a file, in pieces.
     *
     * @param path where it is, absolute
     * @param maxBytes the most that is read
     * @throws AgentException {@code REFUSED} if it is not there or is longer
     */
    public byte[] readFile(String path, int maxBytes, Duration limit) throws IOException, InterruptedException {
        require(Protocol.FILES);
        Deadline deadline = Deadline.in(limit);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (true) {
            int want = Math.min(Request.ReadFile.MAX_PIECE, maxBytes - content.size() + 1);
            Request.ReadFile request = new Request.ReadFile(path, content.size(), want);
            Answer.FileContent piece = calls.call(request, Answer.FileContent::read, deadline);
            content.write(piece.content(), 0, piece.content().length);
            if (content.size() > maxBytes) {
                throw new AgentException(
                        Reason.REFUSED, "file '" + path + "' in the guest is longer than " + maxBytes + " bytes");
            }
            if (piece.content().length < want) {
                return content.toByteArray();
            }
        }
    }

    /** Makes the guest somebody else. */
    public void setIdentity(IdentityChange change, Duration limit) throws IOException, InterruptedException {
        require(Protocol.IDENTITY);
        call(change.request(), limit);
    }

    /** Sets the guest's clock. */
    public void syncTime(Instant now, Duration limit) throws IOException, InterruptedException {
        require(Protocol.IDENTITY);
        call(new Request.SyncTime(now.toEpochMilli()), limit);
    }

    /** Asks the guest to shut itself down; returns when its init was told, not when it is down. */
    public void powerOff(Duration limit) throws IOException, InterruptedException {
        require(Protocol.SHUTDOWN);
        call(new Request.Shutdown(false), limit);
    }

    /** Asks the guest to start itself anew; returns when its init was told. */
    public void reboot(Duration limit) throws IOException, InterruptedException {
        require(Protocol.SHUTDOWN);
        call(new Request.Shutdown(true), limit);
    }

    /**
     * Makes the guest's file systems stand still with everything written. The guest lets go by itself when the time is
     * over, whatever becomes of the host.
     *
     * @param hold how long at most, up to two seconds
     */
    public void freeze(Duration hold, Duration limit) throws IOException, InterruptedException {
        require(Protocol.FREEZE);
        call(new Request.Freeze(Math.toIntExact(hold.toMillis())), limit);
    }

    /**
     * Ends a freeze.
     *
     * @throws AgentException {@code REFUSED} if it had ended by itself: what was copied meanwhile is not whole
     */
    public void thaw(Duration limit) throws IOException, InterruptedException {
        require(Protocol.FREEZE);
        call(new Request.Thaw(), limit);
    }

    /**
     * Runs a command to its end.
     *
     * @param command what; its own time limit is kept by the guest
     * @param keepBytes how much of the beginning of each output is kept; the rest is read and dropped
     * @param limit how long the call may take; the command is killed when it has passed
     * @return how it ended, also if its own time limit ended it
     * @throws AgentException {@code REFUSED} if the command cannot be run: see {@link AgentException#failure}
     */
    public ExecResult exec(Command command, int keepBytes, Duration limit) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(limit);
        if (legacy()) {
            return new LegacyExec(calls).exec(command, keepBytes, deadline);
        }
        Collector out = new Collector(keepBytes);
        Collector err = new Collector(keepBytes);
        try (AgentProcess process = start(command, false, deadline)) {
            process.collect(out, err, GRACE, deadline);
            ExitStatus status = process.waitFor(Duration.ZERO).orElseThrow();
            return new ExecResult(status, out.bytes(), err.bytes(), out.truncated() || err.truncated());
        }
    }

    /**
     * Begins a command and returns when it runs.
     *
     * @param limit how long it may take until it runs
     * @throws AgentException {@code REFUSED} if the command cannot be run: see {@link AgentException#failure}
     */
    public AgentProcess start(Command command, Duration limit) throws IOException, InterruptedException {
        return start(command, true, Deadline.in(limit));
    }

    private AgentProcess start(Command command, boolean withInput, Deadline deadline)
            throws IOException, InterruptedException {
        require(Protocol.STREAMS);
        Link link = calls.link();
        if (link == null) {
            throw new AgentException(Reason.UNSUPPORTED, "the guest's agent does not know '" + Protocol.STREAMS + "'");
        }
        AgentProcess process = new AgentProcess(link);
        int id = link.nextId(process.channels());
        process.named(id);
        boolean mine = true;
        try {
            StreamRequest.ExecStart request =
                    new StreamRequest.ExecStart(spec(command), withInput, Protocol.STREAM_WINDOW);
            Answer.Started started = link.call(id, request, Answer.Started::read, deadline);
            process.started(started.pid(), started.window(), withInput);
            mine = false;
            return process;
        } finally {
            if (mine) {
                process.close(); // also ends what may have begun after the limit, or an interrupt
            }
        }
    }

    static CommandSpec spec(Command command) {
        List<String> argv = command.argv();
        return new CommandSpec(
                argv.get(0),
                argv.subList(1, argv.size()),
                command.environment(),
                command.directory().orElse(null),
                command.user().orElse(null),
                command.timeout().map(AgentClient::millis).orElse(0L));
    }

    private static long millis(Duration timeout) {
        Duration most = Duration.ofMillis(CommandSpec.MAX_TIMEOUT_MILLIS);
        return timeout.compareTo(most) > 0 ? most.toMillis() : Math.max(timeout.toMillis(), 1);
    }

    private void require(String capability) throws AgentException {
        if (!agent.capabilities().contains(capability)) {
            throw new AgentException(
                    Reason.UNSUPPORTED,
                    "the guest's agent" + (legacy() ? "" : " " + printable(agent.version())) + " does not know '"
                            + capability + "'; a newer image has one that does");
        }
    }

    private void call(Request request, Duration limit) throws IOException, InterruptedException {
        calls.call(request, fields -> true, Deadline.in(limit));
    }

    static String printable(String fromGuest) {
        return Fields.printable(fromGuest);
    }
}
