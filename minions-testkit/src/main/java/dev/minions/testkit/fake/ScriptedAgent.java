package dev.minions.testkit.fake;

import dev.minions.VmId;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Sync;
import dev.minions.agent.protocol.SyncInput;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A guest agent that speaks the true protocol and whose guest is a few Java objects: it remembers what it was told and
 * runs {@link FakeCommand}s. Serves any number of guests.
 *
 * <p>It knows {@code true}, {@code false}, {@code echo}, {@code cat}, {@code sleep} and {@code uname}; {@link #with}
 * adds to them.
 */
public final class ScriptedAgent implements FakeAgent {
    /** The version it says it has. */
    public static final String VERSION = "0.0.0-fake";

    private final Map<String, FakeCommand> commands = new ConcurrentHashMap<>();
    private final Map<VmId, FakeGuestState> guests = new ConcurrentHashMap<>();
    private volatile Optional<VmId> pretended = Optional.empty();
    private volatile boolean existing;

    /** An agent with the usual commands. */
    public ScriptedAgent() {
        commands.put("true", FakeCommand.exiting(0));
        commands.put("false", FakeCommand.exiting(1));
        commands.put("uname", FakeCommand.printing("Linux\n"));
        commands.put("echo", call -> {
            call.print(String.join(" ", call.argv().subList(1, call.argv().size())) + "\n");
            return 0;
        });
        commands.put("cat", call -> {
            call.stdin().transferTo(call.stdout());
            return 0;
        });
        commands.put("sleep", call -> {
            TimeUnit.MILLISECONDS.sleep(
                    Math.round(1000 * Double.parseDouble(call.argv().get(1))));
            return 0;
        });
    }

    /** Runs that when a program of that name is asked for, with any directory before it. */
    public ScriptedAgent with(String program, FakeCommand command) {
        commands.put(program, command);
        return this;
    }

    /** Says that it is in another VM than it is. */
    public ScriptedAgent pretendingToBeIn(VmId vm) {
        pretended = Optional.of(vm);
        return this;
    }

    /** Behaves as agents did before {@code hello}: one that is asked something else ends the connection. */
    public ScriptedAgent asExistingAgentsDo() {
        existing = true;
        return this;
    }

    /** What a guest has been told so far. */
    public FakeGuestState guest(VmId vm) {
        return guests.computeIfAbsent(vm, FakeGuestState::new);
    }

    boolean isExisting() {
        return existing;
    }

    VmId idSaidBy(Guest guest) {
        return pretended.orElse(guest.vm());
    }

    Optional<FakeCommand> command(String program) {
        return Optional.ofNullable(commands.get(program.substring(program.lastIndexOf('/') + 1)));
    }

    @Override
    public void serve(GuestConnection connection, Guest guest) throws IOException {
        if (guest.framing() == Framing.CONNECTIONS) {
            var output = new AgentOutput(connection.output());
            new AgentSession(this, guest, new BufferedInputStream(connection.input()), output).serve();
        } else {
            serveStream(connection, guest);
        }
    }

    /** Each host begins with its mark, wherever the one before it stopped. */
    private void serveStream(GuestConnection connection, Guest guest) throws IOException {
        var input = new SyncInput(connection.input());
        Sync sync = input.await();
        while (sync != null) {
            if (sync.kind() == Sync.Kind.HOST) {
                serveHost(sync, input, connection.output(), guest);
            }
            sync = input.await();
        }
    }

    private void serveHost(Sync sync, SyncInput input, OutputStream to, Guest guest) throws IOException {
        var output = new AgentOutput(to);
        try {
            output.put(new Sync(Sync.Kind.ANSWER, sync.nonce()).encode());
            var session = new AgentSession(this, guest, input, output);
            session.sayReady();
            session.serve();
        } catch (ProtocolException e) {
            return; // a host that died in the middle of a frame; the next begins with its mark
        } finally {
            output.close();
        }
    }
}
