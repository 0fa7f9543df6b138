package dev.minions.testkit.fake;

import dev.minions.spi.GuestConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** One end of two pipes. */
final class PipeConnection implements GuestConnection {
    private final Pipe in;
    private final Pipe out;
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final InputStream input = new Input();
    private final OutputStream output = new Output();

    PipeConnection(Pipe in, Pipe out, Runnable whenClosed) {
        this.in = in;
        this.out = out;
        this.whenClosed = whenClosed;
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
        if (closed.compareAndSet(false, true)) {
            in.wake();
            out.wake();
            whenClosed.run();
        }
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            return length == 0 ? 0 : in.read(target, offset, length, closed::get);
        }

        @Override
        public int available() {
            return in.available();
        }

        @Override
        public void close() {
            PipeConnection.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            out.write(source, offset, length, closed::get);
        }

        @Override
        public void close() {
            PipeConnection.this.close();
        }
    }
}
