package dev.minions.cli;

import dev.minions.client.json.VersionJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** {@code minions version}. */
final class VersionCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("version", "Show the version of Minions, of Java and of the system");
    }

    @Override
    public int run(Session session) {
        String os = System.getProperty("os.name") + " " + System.getProperty("os.version");
        String java = System.getProperty("java.version");
        if (session.json()) {
            session.screen().json(new VersionJson(number(), java, os, System.getProperty("os.arch")));
        } else {
            String more = " (Java " + java + ", " + os + ", " + System.getProperty("os.arch") + ")";
            session.screen().line(session.quiet() ? number() : line() + more);
        }
        return Exit.OK;
    }

    static String line() {
        return "minions " + number();
    }

    private static String number() {
        try (InputStream in = VersionCommand.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IllegalStateException("version.txt is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
