package dev.minions.agent.client;

import dev.minions.agent.client.AgentException.Reason;
import dev.minions.agent.protocol.Fields;
import dev.minions.agent.protocol.ProtocolException;
import dev.minions.agent.protocol.Request;
import dev.minions.spi.GuestChannel.Framing;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How requests reach an agent: all over one connection, or, with an existing agent, each over its own. */
sealed interface Calls extends AutoCloseable {
    /** Makes of an answer's fields what was asked for. */
    @FunctionalInterface
    interface Reading<T> {
        /**
         * Reads.
         *
         * @throws ProtocolException if a field is missing, or not what it must be
         */
        T read(Fields fields) throws ProtocolException;
    }

    /** Asks, waits, and reads the answer, which must not be an error. */
    <T> T call(Request request, Reading<T> reading, Deadline deadline) throws IOException, InterruptedException;

    /** The shared connection; null if there is none. */
    @Nullable
    Link link();

    boolean isOpen();

    @Override
    void close();

    /** One connection that everybody shares. */
    record Shared(Link link) implements Calls {
        @Override
        public <T> T call(Request request, Reading<T> reading, Deadline deadline)
                throws IOException, InterruptedException {
            return link.call(request, reading, deadline);
        }

        @Override
        public boolean isOpen() {
            return link.isOpen();
        }

        @Override
        public void close() {
            link.close();
        }
    }

    /** A connection for each request, as existing hosts do it. */
    final class OneByOne implements Calls {
        private final AgentDialer dialer;
        private volatile boolean closed;

        OneByOne(AgentDialer dialer) {
            this.dialer = dialer;
        }

        @Override
        public <T> T call(Request request, Reading<T> reading, Deadline deadline)
                throws IOException, InterruptedException {
            if (closed) {
                throw new AgentException(Reason.LOST, "the connection to the guest's agent was closed");
            }
            try (Link link = Link.over(dialer.dial(deadline.leftUpTo(Duration.ofDays(1))), Framing.CONNECTIONS)) {
                return link.callInOrder(request, reading, deadline);
            }
        }

        @Override
        public @Nullable Link link() {
            return null;
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
