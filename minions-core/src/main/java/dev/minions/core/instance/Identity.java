package dev.minions.core.instance;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the installation file of a data directory says.
 *
 * @param id 12 hexadecimal digits
 * @param machine a fingerprint of the machine it is bound to
 * @param path the real path it is bound to
 * @param sockets where its sockets are made
 * @param former the ids it had before
 */
record Identity(String id, String machine, Path path, Path sockets, List<String> former) {
    private static final String VERSION = "1";
    private static final int ID_BYTES = 6;
    private static final long FNV_BASIS = 0xCBF2_9CE4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01B3L;

    Identity {
        former = List.copyOf(former);
    }

    Identity(String id, String machine, Path path, Path sockets) {
        this(id, machine, path, sockets, List.of());
    }

    static String randomId() {
        byte[] bytes = new byte[ID_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * Tells machines apart without giving the machine-id away, which is not to be shown around (machine-id(5)): half of
     * its bits are lost. FNV-1a, as looking up a digest of the JDK's would take longer than all else that is done here.
     */
    static String fingerprint(String machineId) {
        long hash = FNV_BASIS;
        for (byte b : machineId.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
        }
        return HexFormat.of().toHexDigits(hash);
    }

    Identity after(Identity old) {
        List<String> all = new ArrayList<>(old.former);
        all.add(old.id);
        return new Identity(id, machine, path, sockets, all);
    }

    byte[] toBytes() {
        Properties values = new Properties();
        values.setProperty("version", VERSION);
        values.setProperty("id", id);
        values.setProperty("machine", machine);
        values.setProperty("path", path.toString());
        values.setProperty("sockets", sockets.toString());
        values.setProperty("former", String.join(" ", former));
        StringWriter text = new StringWriter();
        try {
            values.store(text, "What this data directory is bound to. Not to be edited or copied: see minions adopt");
        } catch (IOException impossible) {
            throw new IllegalStateException("a string can be written to", impossible);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    static Identity parse(Path file, String text) throws IOException {
        Properties values = new Properties();
        try {
            values.load(new StringReader(text));
        } catch (IllegalArgumentException malformed) {
            throw damaged(file, "it has a malformed escape", malformed);
        }
        String version = value(file, values, "version");
        if (!version.equals(VERSION)) {
            throw new MinionsException(
                    ErrorCode.NEWER_DATABASE,
                    "open '" + file + "': it is of version " + version + ", this program knows version " + VERSION
                            + "; use a newer one");
        }
        String former = values.getProperty("former", "");
        return new Identity(
                value(file, values, "id"),
                value(file, values, "machine"),
                Path.of(value(file, values, "path")),
                Path.of(value(file, values, "sockets")),
                former.isEmpty() ? List.of() : List.of(former.split(" ", -1)));
    }

    private static String value(Path file, Properties values, String name) {
        String value = values.getProperty(name);
        if (value == null || value.isEmpty()) {
            throw damaged(file, "it has no '" + name + "'", null);
        }
        return value;
    }

    private static MinionsException damaged(Path file, String fact, @Nullable Throwable cause) {
        return new MinionsException(
                ErrorCode.FOREIGN_INSTALLATION,
                "open '" + file + "': " + fact + ", so it is not as Minions wrote it; restore it from a backup, or"
                        + " move it away and run: minions adopt",
                cause);
    }
}
