package dev.minions.client.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What runs.
 *
 * @param version the version of Minions
 * @param java the version of the Java that runs it
 * @param os the operating system and its version
 * @param architecture the processor's architecture
 */
public record VersionJson(String version, String java, String os, String architecture) implements JsonShape {
    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("version", version)
                .add("java", java)
                .add("os", os)
                .add("architecture", architecture)
                .map();
    }
}
