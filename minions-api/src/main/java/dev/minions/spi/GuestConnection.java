package dev.minions.spi;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;

/**
 * One connection to a guest. The two streams may be used by one thread each at the same time; {@link #close} from a
 * third ends a read or write under way with an {@link java.io.IOException} or the end of the stream.
 */
public interface GuestConnection extends Closeable {
    /** What the guest sends. */
    InputStream input();

    /** What goes to the guest. Not buffered: a write is on its way when it returns. */
    OutputStream output();

    /**
     * A connection over a socket.
     *
     * @param channel connected, blocking, and used by nobody else from now on
     */
    static GuestConnection over(SocketChannel channel) {
        return new ChannelConnection(channel);
    }
}
