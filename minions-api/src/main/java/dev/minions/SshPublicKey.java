package dev.minions;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One line of an {@code authorized_keys} file without options: type, base64 and an optional comment.
 *
 * @param line the line, without its end
 */
public record SshPublicKey(String line) {
    private static final int MAX_LENGTH = 16_384;
    private static final Pattern FORM = Pattern.compile(
            "(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com)"
                    + " [A-Za-z0-9+/]{40,}={0,3}( [^\\p{Cntrl}]*)?");

    /** Checks the form; options, several lines and private keys are refused. */
    public SshPublicKey {
        Objects.requireNonNull(line, "line");
        line = line.strip();
        if (line.contains("PRIVATE KEY")) {
            throw new IllegalArgumentException("that is a private key; give the public one, which ends in .pub");
        }
        if (line.length() > MAX_LENGTH || !FORM.matcher(line).matches()) {
            throw new IllegalArgumentException("'" + Texts.printable(line)
                    + "' is not an SSH public key; it should read like: ssh-ed25519 AAAA… comment");
        }
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no public key
     */
    public static SshPublicKey of(String line) {
        return new SshPublicKey(line);
    }

    @Override
    public String toString() {
        return line;
    }
}
