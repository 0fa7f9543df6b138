package dev.minions.client.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A script that completes the command line.
 *
 * @param shell {@code bash} or {@code zsh}
 * @param script the script
 */
public record CompletionJson(String shell, String script) implements JsonShape {
    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields().add("shell", shell).add("script", script).map();
    }
}
