package dev.minions.e2e.lab;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the build of a checkout has made, where Maven puts it.
 *
 * @param checkout the top directory
 */
record Product(Path checkout) {
    /** The command's distribution, as it would be installed. */
    Path distribution() {
        return built("minions-cli/target/dist");
    }

    /** The agent and its runtime, for images. */
    Path agentRuntime() {
        return built("minions-agent/target/agent-runtime.tar.gz");
    }

    /** The suites. */
    Path suites() {
        return built("e2e/target/minions-e2e.jar");
    }

    /** Everything the suites need on their class path. */
    Path libraries() {
        return built("e2e/target/lib");
    }

    private Path built(String name) {
        Path path = checkout.resolve(name);
        if (!Files.exists(path)) {
            throw new MinionsException(
                    ErrorCode.PATH_NOT_FOUND, "there is no '" + path + "': build the checkout with e2e/run");
        }
        return path;
    }
}
