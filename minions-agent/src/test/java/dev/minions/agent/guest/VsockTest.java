package dev.minions.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.minions.Command;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.AgentDialer;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFServerSocket;
import org.newsclub.net.unix.AFSocket;
import org.newsclub.net.unix.AFVSOCKSocketAddress;

/**
 * The agent's vsock. Listening needs a kernel with vsock, calling one with its loopback as well; what this machine lacks
 * is said on standard output.
 */
@Timeout(30)
class VsockTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int FIRST_PORT = 0x4D00_0000;

    @TempDir
    private Path directory;

    private TestGuest guest;
    private int port;

    @BeforeEach
    void start() throws Exception {
        guest = TestGuest.start(directory);
        port = FIRST_PORT + (int) (ProcessHandle.current().pid() % 100_000) * 16;
    }

    @AfterEach
    void stop() throws IOException {
        guest.close();
    }

    private static void skip(String what, IOException why) {
        String message = "NOT TESTED: " + what + ", since this machine has none: " + why.getMessage();
        System.out.println(message);
        abort(message);
    }

    private void requireVsock() {
        try {
            Vsock.listen(port).close();
        } catch (IOException e) {
            skip("the agent's listener on vsock", e);
        }
    }

    /** Only the loopback's transport has the CID of the loopback: nothing is sent anywhere to find out. */
    private void requireLoopback() {
        requireVsock();
        try (AFServerSocket<AFVSOCKSocketAddress> server = Vsock.listen(Vsock.LOOPBACK_CID, port)) {
            AFVSOCKSocketAddress bound = server.getLocalSocketAddress();
            if (bound == null || bound.getVSOCKCID() != Vsock.LOOPBACK_CID) {
                skip("the agent over the loopback of vsock", new IOException("its listener got address " + bound));
            }
        } catch (IOException e) {
            skip("the agent over the loopback of vsock", e);
        }
    }

    /** Serves on a thread of its own until the socket is closed. */
    private AFServerSocket<AFVSOCKSocketAddress> serve(int caller) throws Exception {
        CompletableFuture<AFServerSocket<AFVSOCKSocketAddress>> listening = new CompletableFuture<>();
        VsockServer server = new VsockServer(guest.services(), Set.of(caller));
        Threads.start("test-vsock", () -> {
            try {
                server.run(port, listening::complete);
            } catch (IOException e) {
                listening.completeExceptionally(e);
            }
        });
        return listening.get(10, TimeUnit.SECONDS);
    }

    private record Over(AFSocket<AFVSOCKSocketAddress> socket, InputStream input, OutputStream output)
            implements GuestConnection {
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private AgentDialer dialer() {
        return limit -> {
            AFSocket<AFVSOCKSocketAddress> socket =
                    Vsock.connect(Vsock.LOOPBACK_CID, port, Math.toIntExact(limit.toMillis()));
            return new Over(socket, socket.getInputStream(), socket.getOutputStream());
        };
    }

    @Test
    void theAgentHasItsPortToItselfWhileItListens() throws Exception {
        requireVsock();
        try (AFServerSocket<AFVSOCKSocketAddress> server = serve(Vsock.HOST_CID)) {
            assertThat(server.isClosed()).isFalse();
            assertThatIOException().isThrownBy(() -> Vsock.listen(port).close());
        }
    }

    @Test
    void aCommandRunsOverVsock() throws Exception {
        requireLoopback();
        try (AFServerSocket<AFVSOCKSocketAddress> server = serve(Vsock.LOOPBACK_CID);
                AgentClient client = AgentClient.attach(Framing.CONNECTIONS, dialer(), Optional.empty(), LIMIT)) {
            assertThat(client.exec(Command.of("echo", "through"), 1000, LIMIT).stdout())
                    .isEqualTo("through\n");
            assertThat(server.isClosed()).isFalse();
        }
    }

    @Test
    void aCallerThatIsNotTheHostIsRefused() throws Exception {
        requireLoopback();
        try (AFServerSocket<AFVSOCKSocketAddress> server = serve(Vsock.HOST_CID);
                GuestConnection connection = dialer().dial(LIMIT)) {
            assertThat(connection.input().read()).isEqualTo(-1);
            assertThat(server.isClosed()).isFalse();
        }
    }

    @Test
    void callersThatHangUpAtOnceLeaveItListening() throws Exception {
        requireLoopback();
        try (AFServerSocket<AFVSOCKSocketAddress> server = serve(Vsock.LOOPBACK_CID)) {
            for (int i = 0; i < 50; i++) {
                dialer().dial(LIMIT).close();
            }
            try (AgentClient client = AgentClient.attach(Framing.CONNECTIONS, dialer(), Optional.empty(), LIMIT)) {
                assertThat(client.health(LIMIT).hostname()).isEqualTo("guest");
            }
            assertThat(server.isClosed()).isFalse();
        }
    }
}
