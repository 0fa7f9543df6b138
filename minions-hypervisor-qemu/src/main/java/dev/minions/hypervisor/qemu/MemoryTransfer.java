package dev.minions.hypervisor.qemu;

import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Moves a machine's memory between QEMU's socket and a file, with a deadline for the whole of it. */
final class MemoryTransfer implements AutoCloseable {
    private static final int CHUNK = 1024 * 1024;

    private final SocketChannel socket;
    private final Selector selector;
    private final long deadline;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);

    MemoryTransfer(SocketChannel socket, long deadline) throws IOException {
        this.socket = socket;
        this.deadline = deadline;
        socket.configureBlocking(false);
        selector = Selector.open();
    }

    /** Writes all that comes to a new file, which is on the disk itself when this returns. */
    void receive(Path file) throws IOException {
        socket.register(selector, SelectionKey.OP_READ);
        try (FileChannel target = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            for (int count = socket.read(buffer); count >= 0; count = socket.read(buffer)) {
                if (count == 0) {
                    UnixStream.select(selector, deadline);
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    target.write(buffer);
                }
                buffer.clear();
            }
            target.force(true);
        }
    }

    /** Sends all that is in a file. */
    void send(Path file) throws IOException {
        socket.register(selector, SelectionKey.OP_WRITE);
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            while (source.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    if (socket.write(buffer) == 0) {
                        UnixStream.select(selector, deadline);
                    }
                }
                buffer.clear();
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        socket.close();
    }
}
