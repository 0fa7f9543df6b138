package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.agent.client.AgentClient;
import dev.minions.error.ErrorCode;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link GuestChannel} promises while its guest is up; what it does when the VMM has gone belongs to
 * {@link HypervisorContract}. All tests may share one guest: each leaves the channel as it found it.
 *
 * {@snippet :
 * class MyChannelTest extends GuestChannelContract {
 *     private static Vmm vmm;
 *
 *     @BeforeAll
 *     static void boot() {
 *         vmm = …
 *     }
 *
 *     @Override
 *     protected GuestChannel channel() {
 *         return vmm.channel();
 *     }
 * }
 * }
 */
public abstract class GuestChannelContract {
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    /** For subclasses. */
    protected GuestChannelContract() {}

    /** The channel of a guest that is up, or coming up. May be the same for all tests. */
    protected abstract GuestChannel channel();

    /**
     * Asks whoever answers in the guest something, checks the answer, and closes the connection. Asks the agent of
     * Minions for its health unless overridden, for a guest that has another.
     *
     * @param connection open, and never used
     */
    protected void exchange(GuestConnection connection) throws IOException, InterruptedException {
        try (connection;
                AgentClient client =
                        AgentClient.attach(channel().framing(), limit -> connection, Optional.empty(), LIMIT)) {
            assertThat(client.health(LIMIT).hostname()).isNotBlank();
        }
    }

    @Test
    void everyLaneLeadsToTheGuest() throws Exception {
        int lanes = Math.max(1, up().lanes());
        for (int lane = 0; lane < lanes; lane++) {
            assertAnswers(lane);
        }
    }

    @Test
    void aLaneCanBeUsedAgainAndAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertAnswers(0);
        }
    }

    @Test
    void aSecondChannelOfTheSameVmLeadsToTheSameGuest() throws Exception {
        GuestChannel second = up();
        assertAnswers(0);

        exchange(second.open(0, LIMIT));
    }

    @Test
    void connectionsDoNotDisturbEachOther() throws Exception {
        assumeTrue(up().lanes() != 1, "only one connection can be open");
        GuestConnection idle = up().open(0, LIMIT);

        assertAnswers(1);

        exchange(idle);
    }

    @Test
    void severalConnectionsWorkAtOnce() {
        int count = up().lanes() == 0 ? 4 : Math.min(4, up().lanes());

        List<Boolean> answered = Workers.atOnce(count, lane -> {
            try {
                assertAnswers(lane);
                return true;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError("lane " + lane, e);
            }
        });

        assertThat(answered).containsOnly(true);
    }

    @Test
    void aLaneThatIsTakenIsNotOpenedTwice() throws Exception {
        assumeTrue(up().lanes() > 0, "any number of connections can be open");
        GuestConnection holder = up().open(0, LIMIT);

        assertFails(ErrorCode.AGENT_TIMEOUT, () -> up().open(0, SHORT).close());

        exchange(holder);
        assertAnswers(0);
    }

    @Test
    void whoWaitsForALaneCanBeInterrupted() throws Exception {
        assumeTrue(up().lanes() > 0, "any number of connections can be open");
        GuestConnection holder = up().open(0, LIMIT);
        var waiting = Workers.begin(() -> up().open(0, LIMIT));
        waiting.awaitWaiting();

        waiting.interrupt();

        assertFails(ErrorCode.CALL_INTERRUPTED, waiting::result);
        exchange(holder);
        assertAnswers(0);
    }

    @Test
    void closingEndsAReadUnderWay() throws Exception {
        GuestConnection connection = up().open(0, LIMIT);
        var reader = Workers.begin(() -> {
            try {
                int last = 0;
                while (last >= 0) {
                    last = connection.input().read();
                }
                return "the end of the stream";
            } catch (IOException e) {
                return "an exception";
            }
        });
        reader.awaitWaiting();

        connection.close();

        assertThat(reader.result()).isIn("the end of the stream", "an exception");
        assertAnswers(0);
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        GuestConnection connection = up().open(0, LIMIT);

        connection.close();
        connection.close();

        assertAnswers(0);
    }

    @Test
    void aLaneThatIsNoneIsMisuse() {
        int lanes = up().lanes();
        assumeTrue(lanes > 0, "any number of connections can be open");

        assertThatIllegalArgumentException().isThrownBy(() -> up().open(lanes, SHORT));
        assertThatIllegalArgumentException().isThrownBy(() -> up().open(-1, SHORT));
    }

    @Test
    void aStreamHasLanes() {
        assertThat(up().lanes()).isGreaterThanOrEqualTo(up().framing() == Framing.STREAM ? 1 : 0);
    }

    private void assertAnswers(int lane) throws IOException, InterruptedException {
        exchange(up().open(lane, LIMIT));
    }

    private GuestChannel up() {
        GuestChannel channel = channel();
        assertThat(channel.awaitCall(BOOT)).as("the guest comes up").isTrue();
        return channel;
    }
}
