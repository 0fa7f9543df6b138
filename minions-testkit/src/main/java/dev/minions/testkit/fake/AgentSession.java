package dev.minions.testkit.fake;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.Event;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One host at the other end of a fake guest's channel, from its first frame to its last. */
final class AgentSession {
    private static final Set<String> CAPABILITIES =
            Set.of(Protocol.STREAMS, Protocol.FILES, Protocol.IDENTITY, Protocol.SHUTDOWN, Protocol.FREEZE);
    private static final int NOT_FOUND = 127;

    private final ScriptedAgent agent;
    private final FakeAgent.Guest guest;
    private final FakeGuestState state;
    private final FrameReader frames;
    private final AgentOutput output;
    private final Map<Integer, AgentCommand> commands = new ConcurrentHashMap<>();

    AgentSession(ScriptedAgent agent, FakeAgent.Guest guest, InputStream input, AgentOutput output) {
        this.agent = agent;
        this.guest = guest;
        this.state = agent.guest(guest.vm());
        this.frames = new FrameReader(input, Protocol.FRAME_PATIENCE);
        this.output = output;
    }

    void sayReady() throws IOException {
        output.put(Event.encode(null, new Event.Ready(identity())));
    }

    /** Returns when the host has gone, or sent what is no frame. */
    void serve() throws IOException {
        try {
            for (byte[] payload = frames.next(); payload != null; payload = frames.next()) {
                if (StreamData.isStreamData(payload)) {
                    StreamData data = StreamData.parse(payload);
                    about(data.id()).ifPresent(command -> command.input(data));
                } else if (!request(payload)) {
                    return;
                }
            }
        } finally {
            commands.values().forEach(command -> command.signal(AgentCommand.KILL));
        }
    }

    private Optional<AgentCommand> about(int id) {
        return Optional.ofNullable(commands.get(id));
    }

    /** Whether to go on: an agent of the old kind does not, after what it does not know. */
    private boolean request(byte[] payload) throws IOException {
        Fields fields = Fields.parse(payload);
        Integer id = fields.optionalInt("id");
        Request request = Request.parse(fields);
        if (request == null || (agent.isExisting() && !isOld(request))) {
            if (agent.isExisting()) {
                return false;
            }
            answer(id, new Answer.Failed(Failure.UNKNOWN_TYPE, "this agent does not know it"));
        } else if (request instanceof StreamRequest about && id != null) {
            stream(id, about);
        } else if (id == null) {
            answer(null, outcome(request));
        } else {
            Thread.ofVirtual().start(() -> answerQuietly(id, request));
        }
        return true;
    }

    private static boolean isOld(Request request) {
        return request instanceof Request.HealthCheck
                || request instanceof Request.ConfigureNetwork
                || request instanceof Request.Exec
                || request instanceof Request.ReportStatus
                || request instanceof Request.WriteFile;
    }

    private void stream(int id, StreamRequest request) throws IOException {
        if (request instanceof StreamRequest.ExecStart start) {
            Optional<FakeCommand> known = agent.command(start.command().command());
            if (known.isEmpty()) {
                answer(id, notFound(start.command()));
                return;
            }
            var command = new AgentCommand(id, start, output, ended -> commands.remove(ended));
            commands.put(id, command);
            command.start(known.get());
        } else {
            about(id).ifPresent(command -> command.about(request));
        }
    }

    private static Answer notFound(CommandSpec command) {
        return new Answer.Failed(Failure.NOT_FOUND, "no program '" + command.command() + "' (" + NOT_FOUND + ")");
    }

    private void answerQuietly(int id, Request request) {
        try {
            answer(id, outcome(request));
        } catch (IOException e) {
            return; // the host has gone
        }
    }

    private void answer(@Nullable Integer id, Answer answer) throws IOException {
        output.put(Answer.encode(id, answer));
    }

    private Answer outcome(Request request) throws ProtocolException {
        if (request instanceof Request.Hello) {
            return identity();
        } else if (request instanceof Request.HealthCheck) {
            return new Answer.Health(1, state.hostname(), agent.isExisting() ? 0 : Protocol.VERSION);
        } else if (request instanceof Request.ReportStatus) {
            return new Answer.Status(1, 512L << 20, 128L << 20, 10L << 30, 300L << 20, 2.5, 1000L, 2000L, 0.25);
        } else if (request instanceof Request.Exec exec) {
            return run(exec.command());
        } else if (request instanceof Request.ReadFile read) {
            return read(read);
        } else if (request instanceof Request.Shutdown) {
            guest.powerOff();
        } else if (request instanceof Request.WriteFile write) {
            state.write(write);
        } else if (request instanceof Request.ConfigureNetwork configure) {
            state.configure(configure);
        } else if (request instanceof Request.SetIdentity change) {
            state.change(change);
        } else if (request instanceof Request.Freeze) {
            state.freeze();
        } else if (request instanceof Request.Thaw && !state.thaw()) {
            return new Answer.Failed(Failure.FAILED, "the guest is not frozen: its time was over");
        }
        return new Answer.Done(null);
    }

    private Answer.Identity identity() {
        return new Answer.Identity(
                Protocol.VERSION,
                ScriptedAgent.VERSION,
                agent.idSaidBy(guest).toString(),
                "boot-1",
                CAPABILITIES,
                1000);
    }

    private Answer read(Request.ReadFile request) {
        Optional<byte[]> file = state.bytes(request.path());
        if (file.isEmpty()) {
            return new Answer.Failed(Failure.NOT_FOUND, "read '" + request.path() + "': no such file");
        }
        int from = (int) Math.min(request.offset(), file.get().length);
        int to = Math.min(from + request.limit(), file.get().length);
        return new Answer.FileContent(file.get().length, Arrays.copyOfRange(file.get(), from, to));
    }

    /** A command of the old kind, run to its end by the thread that asks. */
    private Answer run(CommandSpec spec) {
        Optional<FakeCommand> command = agent.command(spec.command());
        if (command.isEmpty()) {
            return notFound(spec);
        }
        var stdout = new ByteArrayOutputStream();
        var stderr = new ByteArrayOutputStream();
        try {
            int code = command.get()
                    .run(new FakeCommand.Call(
                            argv(spec), spec.env(), new ByteArrayInputStream(new byte[0]), stdout, stderr));
            return new Answer.Output(code, null, false, stdout.toByteArray(), stderr.toByteArray(), false);
        } catch (IOException | InterruptedException e) {
            return new Answer.Failed(Failure.FAILED, "run '" + spec.command() + "': " + e.getMessage());
        }
    }

    static List<String> argv(CommandSpec spec) {
        List<String> argv = new ArrayList<>();
        argv.add(spec.command());
        argv.addAll(spec.args());
        return argv;
    }
}
