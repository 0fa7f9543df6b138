package dev.minions.testkit.fake;

import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.GuestChannel.Framing;
import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.io.OutputStream;

/** What answers in a fake guest on its channel. Any number of threads, one a connection. */
@FunctionalInterface
public interface FakeAgent {
    /**
     * Serves one connection until it ends; where the channel is a stream, one lane until the guest ends.
     *
     * @throws IOException when the connection ends in the middle of something; that is no failure
     */
    void serve(GuestConnection connection, Guest guest) throws IOException;

    /** Sends back every byte it gets. */
    static FakeAgent echoing() {
        return (connection, guest) -> {
            connection.input().transferTo(connection.output());
        };
    }

    /** Takes everything and never answers. */
    static FakeAgent silent() {
        return (connection, guest) -> {
            connection.input().transferTo(OutputStream.nullOutputStream());
        };
    }

    /** Answers every read with bytes that are no protocol: a length of 4 GiB first, which must not be believed. */
    static FakeAgent talkingRubbish() {
        return (connection, guest) -> {
            byte[] nowhere = new byte[1024];
            byte[] rubbish = {-1, -1, -1, -1, '{', '"', 0, (byte) 0xC3, '\n', (byte) 0xF5, ']', '}'};
            while (connection.input().read(nowhere) >= 0) {
                connection.output().write(rubbish);
            }
        };
    }

    /** The guest an agent is in. */
    interface Guest {
        /** Its VM's id, as the kernel's command line or the hypervisor tells it. */
        VmId vm();

        /** Its VM's name when it was started. */
        VmName name();

        /** Whether its connections begin and end. */
        Framing framing();

        /** Powers it off. */
        void powerOff();
    }
}
