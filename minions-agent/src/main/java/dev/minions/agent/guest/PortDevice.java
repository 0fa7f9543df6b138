package dev.minions.agent.guest;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * A virtio-serial port, opened. The kernel lets it be opened once at a time, hence both ways through one descriptor.
 * A read ends (end of file) when no host is attached; a write waits until one is.
 *
 * @param input what the host sends
 * @param output what goes to the host
 * @param handle what to close
 */
record PortDevice(InputStream input, OutputStream output, Closeable handle) implements Closeable {
    static PortDevice open(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        return new PortDevice(new FileInputStream(file.getFD()), new FileOutputStream(file.getFD()), file);
    }

    @Override
    public void close() throws IOException {
        handle.close();
    }
}
