package dev.minions.cli;

import dev.minions.SshPublicKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds SSH public keys. No message of it quotes a file: what lies there may be something else, and secret. */
final class SshKeys {
    static final String VARIABLE = "MINIONS_SSH_PUBKEY";
    static final String PATH_VARIABLE = "MINIONS_SSH_PUBKEY_PATH";
    private static final List<String> NAMES = List.of("id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub");
    private static final int PASSWD_FIELDS = 7;
    private static final int PASSWD_HOME = 5;
    private static final long MOST_BYTES = 1 << 20;

    private SshKeys() {}

    /**
     * The keys in a file, one a line.
     *
     * @throws dev.minions.error.MinionsException if it cannot be read
     * @throws UsageException if there is none in it, or something else
     */
    static List<SshPublicKey> read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UsageException("'" + Text.clean(file.toString()) + "' is too large for a public key");
            }
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
        } catch (IOException e) {
            throw SpecOptions.unreadable("SSH key", file, e);
        }
    }

    private static List<SshPublicKey> parse(String text, String where) {
        List<String> lines = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (text.contains("PRIVATE KEY")) {
            throw new UsageException(
                    "'" + Text.clean(where) + "' is a private key; give the public one, which ends in .pub");
        }
        try {
            if (!lines.isEmpty()) {
                return lines.stream().map(SshPublicKey::of).toList();
            }
        } catch (IllegalArgumentException notOne) {
            throw new UsageException(
                    "'" + Text.clean(where)
                            + "' holds something that is not an SSH public key; it should read like: ssh-ed25519 AAAA… comment");
        }
        throw new UsageException("'" + Text.clean(where) + "' is empty; an SSH public key was expected");
    }

    /**
     * The caller's own keys: what the variables say, else the first that lies where OpenSSH puts it, in the home of
     * whoever called {@code sudo}.
     *
     * @return empty if there is none
     */
    static List<SshPublicKey> ofCaller(Surroundings surroundings) {
        Optional<String> key = surroundings.variable(VARIABLE);
        if (key.isPresent()) {
            return parse(key.get(), VARIABLE);
        }
        Optional<String> path = surroundings.variable(PATH_VARIABLE);
        if (path.isPresent()) {
            return read(SpecOptions.path(PATH_VARIABLE, path.get()));
        }
        Path directory = home(surroundings).resolve(".ssh");
        for (String name : NAMES) {
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return read(file);
            }
        }
        return List.of();
    }

    /** Where {@link #ofCaller} looks, for people. */
    static String places(Surroundings surroundings) {
        return home(surroundings).resolve(".ssh") + "/{" + String.join(",", NAMES) + "}";
    }

    private static Path home(Surroundings surroundings) {
        Optional<String> user = surroundings.variable("SUDO_USER").filter(name -> !name.equals("root"));
        return user.flatMap(name -> home(name, surroundings.etc().resolve("passwd")))
                .orElse(surroundings.home());
    }

    private static Optional<Path> home(String user, Path passwd) {
        try {
            for (String line : Files.readAllLines(passwd)) {
                String[] fields = line.split(":", -1);
                if (fields.length == PASSWD_FIELDS && fields[0].equals(user) && fields[PASSWD_HOME].startsWith("/")) {
                    return Optional.of(Path.of(fields[PASSWD_HOME]));
                }
            }
        } catch (IOException noPasswd) {
            // A host without one, as small containers are: the caller's own home will do.
        }
        return Optional.empty();
    }
}
