package dev.minions.core.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The SHA-256 of a file as everybody computes it, for files that are small beside a disk. */
final class FileDigest {
    private static final int BUFFER = 1 << 18;

    private FileDigest() {}

    /** The digest as 64 hexadecimal digits. */
    static String of(Path file) throws IOException {
        MessageDigest digest = DiskDigest.sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
