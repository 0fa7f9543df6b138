package dev.minions.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** What a test wants of the fake: a file beside its program. */
final class Options {
    private final Properties properties = new Properties();

    static Options read(Path file) throws IOException {
        var options = new Options();
        try (Reader reader = Files.newBufferedReader(file)) {
            options.properties.load(reader);
        }
        return options;
    }

    void set(String name, Object value) {
        properties.setProperty(name, value.toString());
    }

    void write(Path file) throws IOException {
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    FakeCloudHypervisor.Release release() {
        return FakeCloudHypervisor.Release.valueOf(properties.getProperty("release"));
    }

    String version() {
        return properties.getProperty("version");
    }

    Schema.Strictness strictness() {
        return Schema.Strictness.valueOf(properties.getProperty("strictness"));
    }

    /** The newest Landlock that the pretended host has; 0 for none. */
    int landlock() {
        return Integer.parseInt(properties.getProperty("landlock"));
    }

    FaultPlan faults() {
        return FaultPlan.parse(properties.getProperty("faults"));
    }
}
