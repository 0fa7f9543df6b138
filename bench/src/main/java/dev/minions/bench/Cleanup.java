package dev.minions.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Removing what was made, whatever happened before. */
final class Cleanup {
    private Cleanup() {}

    /** Something that removes. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /** Runs every action, with no interrupt pending, so that none is cut short; says what did not succeed. */
    static void all(Action... actions) {
        boolean interrupted = Thread.interrupted();
        for (Action action : actions) {
            try {
                action.run();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (Exception e) { // the others still get their turn
                Main.say("left behind: " + e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes a directory with all that is in it, following no link. Nothing if it is not there. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> tree = Files.walk(directory)) {
            deepestFirst = tree.sorted((a, b) -> b.compareTo(a)).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
