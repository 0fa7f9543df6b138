package dev.minions.core.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A cpio archive in the form that the kernel takes as an initramfs ("newc"). The same content always gives the same
 * bytes: everything belongs to root, has the same date, and comes in the order of its name. Not compressed, since under
 * emulation unpacking costs more than reading. Not thread-safe.
 */
final class CpioArchive implements AutoCloseable {
    private static final int DIRECTORY = 0040755;
    private static final int FILE = 0100644;
    private static final int PROGRAM = 0100755;
    private static final int CHARACTER_DEVICE = 0020600;
    private static final int ALIGNMENT = 4;
    private static final int BLOCK = 512;

    private final OutputStream out;
    private long written;
    private int entries;

    /** Writes to that stream, which is closed with the archive. */
    CpioArchive(OutputStream out) {
        this.out = out;
    }

    void directory(String name) throws IOException {
        entry(name, DIRECTORY, 0, 0, new byte[0]);
    }

    void program(String name, byte[] content) throws IOException {
        entry(name, PROGRAM, 0, 0, content);
    }

    void device(String name, int major, int minor) throws IOException {
        entry(name, CHARACTER_DEVICE, major, minor, new byte[0]);
    }

    /** Adds what is below a directory, with names relative to it. Links are not expected and refused. */
    void tree(Path top) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(top)) {
            paths = walk.filter(path -> !path.equals(top)).sorted().toList();
        }
        for (Path path : paths) {
            String name = top.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                throw new IOException("initramfs: unexpected link " + name);
            } else if (Files.isDirectory(path)) {
                directory(name);
            } else {
                entry(name, Files.isExecutable(path) ? PROGRAM : FILE, 0, 0, Files.readAllBytes(path));
            }
        }
    }

    private void entry(String name, int mode, int major, int minor, byte[] content) throws IOException {
        entries++;
        header(name, entries, mode, major, minor, content.length);
        out.write(content);
        written += content.length;
        pad(ALIGNMENT);
    }

    private void header(String name, int inode, int mode, int major, int minor, int size) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int[] fields = {inode, mode, 0, 0, 1, 0, size, 0, 0, major, minor, bytes.length + 1, 0};
        StringBuilder text = new StringBuilder("070701");
        for (int field : fields) {
            text.append(String.format(Locale.ROOT, "%08x", field));
        }
        out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write(0);
        written += text.length() + bytes.length + 1;
        pad(ALIGNMENT);
    }

    private void pad(int alignment) throws IOException {
        int missing = (int) (-written & (alignment - 1));
        out.write(new byte[missing]);
        written += missing;
    }

    /** Ends the archive and closes the stream. */
    @Override
    public void close() throws IOException {
        try (out) {
            header("TRAILER!!!", 0, 0, 0, 0, 0);
            pad(BLOCK);
        }
    }
}
