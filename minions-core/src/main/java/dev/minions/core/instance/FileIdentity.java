package dev.minions.core.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Device and inode of a file, read without opening it. */
record FileIdentity(long device, long inode) {
    static FileIdentity of(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
        return new FileIdentity(number(attributes, "dev"), number(attributes, "ino"));
    }

    static Optional<FileIdentity> find(Path path) throws IOException {
        try {
            return Optional.of(of(path));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, Object> attributes, String name) throws IOException {
        if (attributes.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("the file system shows no " + name);
    }

    @Override
    public String toString() {
        return Long.toHexString(device) + ":" + inode;
    }
}
