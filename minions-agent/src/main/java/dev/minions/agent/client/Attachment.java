package dev.minions.agent.client;

import dev.minions.VmId;
import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Protocol;
import dev.minions.agent.protocol.Request;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds out who answers at the other end, and whether it is whom the caller wants, before anything is asked of it. */
final class Attachment {
    /** How long one attempt may take where another may follow. */
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final Framing framing;
    private final AgentDialer dialer;
    private final Optional<VmId> expected;
    private final Deadline deadline;

    Attachment(Framing framing, AgentDialer dialer, Optional<VmId> expected, Deadline deadline) {
        this.framing = framing;
        this.dialer = dialer;
        this.expected = expected;
        this.deadline = deadline;
    }

    AgentClient attach() throws IOException, InterruptedException {
        return framing == Framing.STREAM ? attachToStream() : attachToConnections();
    }

    /** A stream waits for the guest by itself; another is only needed where the agent starts anew while it is greeted. */
    private AgentClient attachToStream() throws IOException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return greet(Link.over(dialer.dial(deadline.leftUpTo(Duration.ofDays(1))), framing), deadline);
            } catch (AgentException e) {
                if (e.reason() != Reason.LOST || deadline.nanosLeft() < pause.toNanos()) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            pause = longer(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** As many connections as it takes: a guest that is not there yet ends them, or keeps them without a word. */
    private AgentClient attachToConnections() throws IOException, InterruptedException {
        Duration pause = FIRST_PAUSE;
        IOException before = null;
        while (true) {
            IOException why;
            try {
                return attempt();
            } catch (AgentException e) {
                if (e.reason() == Reason.WRONG_GUEST || e.reason() == Reason.UNSUPPORTED) {
                    throw e;
                }
                boolean hurried = e.reason() == Reason.TIMED_OUT; // the last attempt has little time
                why = hurried && before != null && isNonsense(before) ? before : e;
            } catch (IOException e) {
                why = e;
            }
            if (deadline.nanosLeft() < pause.toNanos()) {
                throw givenUp(why);
            }
            before = why;
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            pause = longer(pause);
        }
    }

    /** What kept coming and is no protocol will not become one if the caller waits longer: that is said apart. */
    private AgentException givenUp(IOException why) {
        boolean nonsense = isNonsense(why);
        return new AgentException(
                nonsense ? Reason.PROTOCOL : Reason.TIMED_OUT,
                "the guest's agent did not answer" + (nonsense ? " as it must" : "") + " within " + deadline + ": "
                        + why.getMessage(),
                why);
    }

    private static boolean isNonsense(IOException why) {
        return why instanceof AgentException e && e.reason() == Reason.PROTOCOL;
    }

    private AgentClient attempt() throws IOException, InterruptedException {
        Deadline now = Deadline.in(deadline.leftUpTo(ATTEMPT));
        try {
            return greet(Link.over(dialer.dial(deadline.leftUpTo(ATTEMPT)), framing), now);
        } catch (AgentException e) {
            if (e.reason() != Reason.LOST) {
                throw e;
            }
        }
        // Whoever does not know hello hangs up; whoever is not there yet hangs up at everything.
        Calls calls = new Calls.OneByOne(dialer);
        Answer.Health health =
                calls.call(new Request.HealthCheck(), Answer.Health::read, Deadline.in(deadline.leftUpTo(ATTEMPT)));
        if (health.protocol() > 0) {
            throw new AgentException(Reason.LOST, "the guest's agent hung up and is there again");
        }
        return new AgentClient(calls, AgentInfo.LEGACY);
    }

    private AgentClient greet(Link link, Deadline limit) throws IOException, InterruptedException {
        boolean mine = true;
        try {
            Answer.Identity identity =
                    link.introduce(new Request.Hello(Protocol.VERSION), Answer.Identity::read, limit);
            check(identity);
            mine = false;
            return new AgentClient(new Calls.Shared(link), AgentInfo.of(identity));
        } finally {
            if (mine) {
                link.close();
            }
        }
    }

    private void check(Answer.Identity identity) throws AgentException {
        String id = identity.vmId();
        if (expected.isPresent()
                && (id == null
                        || !id.toLowerCase(Locale.ROOT).equals(expected.get().toString()))) {
            throw new AgentException(
                    Reason.WRONG_GUEST,
                    "the guest that answers is "
                            + (id == null ? "of no known VM" : "VM '" + AgentClient.printable(id) + "'") + ", not VM '"
                            + expected.get() + "'");
        }
    }
}
