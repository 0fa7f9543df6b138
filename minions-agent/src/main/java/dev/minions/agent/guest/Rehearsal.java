package dev.minions.agent.guest;

import dev.minions.agent.protocol.CommandSpec;
import dev.minions.agent.protocol.FrameReader;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.Request;
import dev.minions.agent.protocol.StreamData;
import dev.minions.agent.protocol.StreamRequest;
import dev.minions.agent.protocol.Sync;
import dev.minions.agent.protocol.SyncInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays through what an agent does from its start to its first commands, against a port of pipes and in a directory
 * given. The runtime's cache of classes is made of what this loads; it fails if the agent does not work.
 */
public final class Rehearsal {
    private static final int DEADLINE_SECONDS = 60;
    private static final int PIPE = 64 * 1024;

    private final GuestRoot root;
    private final OutputStream toAgent;
    private final SyncInput fromAgent;

    private Rehearsal(GuestRoot root, OutputStream toAgent, InputStream fromAgent) {
        this.root = root;
        this.toAgent = toAgent;
        this.fromAgent = new SyncInput(fromAgent);
    }

    /**
     * Plays.
     *
     * @param args a directory that stands for the guest's root
     * @throws IOException if the agent did not answer as it should
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Threads.start("deadline", Rehearsal::giveUp);
        GuestRoot root = new GuestRoot(Path.of(args[0]));
        Services services = new Services(root, AgentMain.version());
        PipedOutputStream toAgent = new PipedOutputStream();
        PipedInputStream fromAgent = new PipedInputStream(PIPE);
        PortDevice device =
                new PortDevice(new PipedInputStream(toAgent, PIPE), new PipedOutputStream(fromAgent), toAgent);
        new PortServer(Protocol.PORT_PREFIX + 0, device, services).start();
        Rehearsal rehearsal = new Rehearsal(root, toAgent, fromAgent);
        rehearsal.attach();
        rehearsal.ask();
        rehearsal.devices(services);
    }

    private static void giveUp() {
        try {
            TimeUnit.SECONDS.sleep(DEADLINE_SECONDS);
            Log.say("the agent did not answer as it should within " + DEADLINE_SECONDS + " s");
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attach() throws IOException {
        Sync mark = Sync.fresh(Sync.Kind.HOST, new byte[Long.BYTES]);
        send(mark.encode());
        Sync answer = fromAgent.await();
        while (answer != null && answer.kind() != Sync.Kind.ANSWER) {
            answer = fromAgent.await();
        }
    }

    private void ask() throws IOException {
        FrameReader frames = new FrameReader(fromAgent, Protocol.FRAME_PATIENCE);
        send(Request.encode(1, new Request.Hello(Protocol.VERSION)));
        expect(frames, "\"id\":1}");
        CommandSpec echo = new CommandSpec("cat", List.of(), Map.of("A", "b"), "/", null, 10_000);
        send(Request.encode(2, new StreamRequest.ExecStart(echo, true, Protocol.STREAM_WINDOW)));
        expect(frames, "\"id\":2}");
        byte[] text = "hello\n".getBytes(StandardCharsets.US_ASCII);
        send(StreamData.encode(StreamData.Channel.STDIN, 2, text, 0, text.length));
        send(Request.encode(2, new StreamRequest.Window(StreamData.Channel.STDOUT, text.length)));
        send(Request.encode(2, new StreamRequest.ExecStdinClose()));
        expect(frames, "exec_exit");
        CommandSpec missing = new CommandSpec("no-such-command", List.of(), Map.of(), null, null, 0);
        send(Request.encode(3, new StreamRequest.ExecStart(missing, false, Protocol.STREAM_WINDOW)));
        expect(frames, "not_found");
        CommandSpec uname = new CommandSpec("uname", List.of("-a"), Map.of(), null, null, 0);
        send(Request.encode(null, new Request.Exec(uname)));
        expect(frames, "\"stdout\":\"Linux");
        send(Request.encode(null, new Request.HealthCheck()));
        expect(frames, "uptime_secs");
        send(Request.encode(4, new Request.ReportStatus()));
        expect(frames, "load_avg_1m");
        byte[] key = "ssh-ed25519 AAAA rehearsal\n".getBytes(StandardCharsets.US_ASCII);
        send(Request.encode(5, new Request.WriteFile("/root/.ssh/authorized_keys", key, 0600, false, false)));
        expect(frames, "wrote 27 bytes");
        Request.SetIdentity identity =
                new Request.SetIdentity("rehearsal", List.of("ssh-ed25519 AAAA"), false, false, null);
        send(Request.encode(6, identity));
        expect(frames, "\"status\":\"ok\",\"id\":6}");
        send(Request.encode(
                7, new Request.ConfigureNetwork("10.0.0.2/16", "10.0.0.1", List.of("1.1.1.1"), null, null, null)));
        expect(frames, "configured eth0");
    }

    /** What {@link GuestAgent} does before there is a host. */
    private void devices(Services services) throws IOException, InterruptedException {
        Path port = root.at("/sys/class/virtio-ports/vport0p1/name");
        Files.createDirectories(root.at("/sys/class/virtio-ports/vport0p1"));
        Files.writeString(port, Protocol.PORT_PREFIX + 1 + "\n");
        Files.createDirectories(root.at("/dev"));
        Files.write(root.at("/dev/vport0p1"), new byte[0]);
        if (Ports.serve(root, services) != 1 || !services.network().restore()) {
            throw new IOException("the agent did not find what was made for it");
        }
        try {
            Vsock.listen(Protocol.READY_PORT).close();
        } catch (IOException e) {
            Log.say("rehearsed without vsock", e);
        }
    }

    private void send(byte[] bytes) throws IOException {
        toAgent.write(bytes);
        toAgent.flush();
    }

    private static void expect(FrameReader frames, String part) throws IOException {
        byte @Nullable [] payload = frames.next();
        while (payload != null) {
            String text = new String(payload, StandardCharsets.ISO_8859_1);
            if (text.contains(part)) {
                return;
            }
            payload = frames.next();
        }
        throw new IOException("the agent ended before it said " + part);
    }
}
