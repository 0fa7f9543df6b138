package dev.minions.testkit.kill;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A word at the very beginning of a raw disk: there a file system of Linux has nothing, as a boot loader may be there. */
public final class DiskMark {
    private static final int LENGTH = 16;

    private DiskMark() {}

    /** Writes one of at most 16 ASCII characters, for good. */
    public static void write(Path disk, String mark) {
        byte[] bytes = new byte[LENGTH];
        byte[] text = mark.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, 0, text.length);
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.write(bytes);
            file.getFD().sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one that is there; empty where there is none, {@code unreadable} where the disk cannot be read. */
    public static String read(Path disk) {
        if (!Files.exists(disk)) {
            return "unreadable";
        }
        byte[] bytes = new byte[LENGTH];
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "r")) {
            file.readFully(bytes);
        } catch (IOException e) {
            return "unreadable";
        }
        return new String(bytes, StandardCharsets.US_ASCII).replace("\0", "");
    }
}
