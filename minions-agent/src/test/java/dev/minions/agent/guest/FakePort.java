package dev.minions.agent.guest;

import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A virtio-serial port as Linux and QEMU make it: in the guest, a read ends while no host is attached and a write waits
 * until one is; one host at a time; bytes of one host stay in the stream when the next one comes.
 */
public final class FakePort {
    private static final int BUFFER = 64 * 1024;

    private final Deque<byte[]> toGuest = new ArrayDeque<>();
    private final Deque<byte[]> toHost = new ArrayDeque<>();
    private int toHostBytes;
    private @Nullable Host host;
    private boolean unplugged;
    private Early early = Early.NOT;

    /** When a read ends although a host is attached. */
    private enum Early {
        NOT,
        AFTER_BYTES,
        AFTER_ANSWER,
        NOW
    }

    /** How often the guest has read the end of the stream. */
    public final AtomicLong ends = new AtomicLong();

    /** The guest's side. */
    PortDevice device() {
        return new PortDevice(new GuestInput(), new GuestOutput(), this::unplug);
    }

    /** A host comes; the one before it must have gone. */
    public synchronized GuestConnection attach() {
        if (host != null) {
            throw new IllegalStateException("QEMU lets a second host wait until the first has gone");
        }
        Host newcomer = new Host();
        host = newcomer;
        notifyAll();
        return newcomer;
    }

    /**
     * A slow guest: its kernel hands out the next bytes before it has seen that a host is attached, and so the read after
     * them ends; the answer to them goes out all the same.
     */
    public synchronized void endTooEarly() {
        early = Early.AFTER_BYTES;
    }

    /** The guest's kernel ends: what waits in the port ends with an error. */
    synchronized void unplug() {
        unplugged = true;
        notifyAll();
    }

    /** Bytes that a host wrote before it died and that nobody has read. */
    public synchronized void leaveBehind(byte[] bytes) {
        toGuest.add(bytes);
        notifyAll();
    }

    private final class GuestInput extends InputStream {
        @Override
        public int read() {
            throw new UnsupportedOperationException("one byte at a time is not how a port is read");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            synchronized (FakePort.this) {
                while (early == Early.AFTER_ANSWER && !unplugged) {
                    waitForChange();
                }
                if (early == Early.NOW) {
                    early = Early.NOT;
                    ends.incrementAndGet();
                    return -1;
                }
                while (toGuest.isEmpty() && host != null && !unplugged) {
                    waitForChange();
                }
                if (unplugged) {
                    throw new IOException("No such device");
                }
                byte[] next = toGuest.poll();
                if (next == null) {
                    ends.incrementAndGet();
                    return -1;
                }
                early = early == Early.AFTER_BYTES ? Early.AFTER_ANSWER : early;
                return FakePort.take(next, target, offset, length, toGuest);
            }
        }
    }

    private static int take(byte[] next, byte[] target, int offset, int length, Deque<byte[]> rest) {
        int count = Math.min(length, next.length);
        System.arraycopy(next, 0, target, offset, count);
        if (count < next.length) {
            rest.addFirst(java.util.Arrays.copyOfRange(next, count, next.length));
        }
        return count;
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    private void waitForChange() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private final class GuestOutput extends OutputStream {
        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("one byte at a time is not how a port is written");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            synchronized (FakePort.this) {
                while ((host == null || toHostBytes >= BUFFER) && !unplugged) {
                    waitForChange();
                }
                if (unplugged) {
                    throw new IOException("No such device");
                }
                toHost.add(java.util.Arrays.copyOfRange(bytes, offset, offset + length));
                toHostBytes += length;
                early = early == Early.AFTER_ANSWER ? Early.NOW : early;
                FakePort.this.notifyAll();
            }
        }
    }

    /** A host's side, as a connection to the socket of QEMU. */
    private final class Host implements GuestConnection {
        private final InputStream input = new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                synchronized (FakePort.this) {
                    while (toHost.isEmpty() && isAttached() && !unplugged) {
                        waitForChange();
                    }
                    byte[] next = isAttached() ? toHost.poll() : null;
                    if (next == null) {
                        return -1;
                    }
                    int count = take(next, target, offset, length, toHost);
                    toHostBytes -= count;
                    FakePort.this.notifyAll();
                    return count;
                }
            }
        };

        private final OutputStream output = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                synchronized (FakePort.this) {
                    if (!isAttached()) {
                        throw new IOException("Broken pipe");
                    }
                    toGuest.add(java.util.Arrays.copyOfRange(bytes, offset, offset + length));
                    FakePort.this.notifyAll();
                }
            }
        };

        private boolean isAttached() {
            return host == this;
        }

        @Override
        public InputStream input() {
            return input;
        }

        @Override
        public OutputStream output() {
            return output;
        }

        @Override
        public void close() {
            synchronized (FakePort.this) {
                if (isAttached()) {
                    host = null;
                    toHost.clear(); // QEMU drops what nobody took
                    toHostBytes = 0;
                    FakePort.this.notifyAll();
                }
            }
        }
    }
}
