package dev.minions.cli;

import dev.minions.ProjectName;
import dev.minions.cli.Settings.Chosen;
import dev.minions.spi.BackendId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts the settings together: an option beats a variable, a variable the caller's file, and that the host's file. */
final class SettingsReader {
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);
    /** The key of the file, and the setting of a network. */
    static final String ALLOW_HOST_ACCESS = "allow-host-access";

    private static final Set<String> KEYS = Set.of("data-dir", "project", "wait", ALLOW_HOST_ACCESS);
    private static final Set<String> TABLES = Set.of("hypervisor", "volumes", "network");
    private static final String FILE = "minions/minions.toml";

    private final Given given;
    private final Surroundings surroundings;
    private final List<ConfigFile> files;

    private SettingsReader(Given given, Surroundings surroundings, List<ConfigFile> files) {
        this.given = given;
        this.surroundings = surroundings;
        this.files = files;
    }

    /**
     * Reads them.
     *
     * @throws UsageException if one of them cannot be meant
     */
    static Settings read(Given given, Surroundings surroundings) {
        return new SettingsReader(given, surroundings, files(surroundings)).settings();
    }

    /** The caller's file first, as it is asked first. */
    private static List<ConfigFile> files(Surroundings surroundings) {
        Path own = surroundings
                .variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(surroundings.home().resolve(".config"));
        List<ConfigFile> files = new ArrayList<>();
        for (Path directory : List.of(own, surroundings.etc())) {
            read(directory.resolve(FILE)).ifPresent(files::add);
        }
        files.forEach(SettingsReader::requireKnown);
        return files;
    }

    private static Optional<ConfigFile> read(Path file) {
        try {
            return Optional.of(ConfigFile.parse(file.toString(), Files.readString(file)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UsageException("configuration '" + file + "' cannot be read: " + e);
        }
    }

    private static void requireKnown(ConfigFile file) {
        file.tables().forEach((name, table) -> {
            if (!name.isEmpty() && !TABLES.contains(name)) {
                throw new UsageException(
                        file.where(table.line()) + ": unknown table [" + name + "]; known are " + sorted(TABLES));
            }
        });
        file.entries("").forEach((key, entry) -> {
            if (!KEYS.contains(key)) {
                throw new UsageException(file.where(entry) + ": unknown key '" + key + "'; known are " + sorted(KEYS));
            }
        });
    }

    private static String sorted(Set<String> words) {
        return String.join(", ", words.stream().sorted().toList());
    }

    private Settings settings() {
        return new Settings(
                text("data-dir").map(value -> directory(value.value())),
                text("project").map(value -> ProjectName.of(value.value())).orElse(ProjectName.DEFAULT),
                chosen("hypervisor"),
                chosen("volumes"),
                chosen("network"),
                given.has(GlobalOptions.ALLOW_HOST_ACCESS)
                        || text(ALLOW_HOST_ACCESS)
                                .map(value -> Values.yes(value.where(), value.value()))
                                .orElse(false),
                text("wait")
                        .map(value -> Values.duration(value.where(), value.value()))
                        .orElse(DEFAULT_WAIT));
    }

    /** A value, and the words for where it was found. */
    private record Found(String value, String where) {}

    private Optional<Found> text(String key) {
        Optional<Found> above = aboveFiles(key);
        if (above.isPresent()) {
            return above;
        }
        for (ConfigFile file : files) {
            ConfigFile.Entry entry = file.entry("", key);
            if (entry != null) {
                return Optional.of(new Found(entry.value(), file.where(entry) + ": " + key));
            }
        }
        return Optional.empty();
    }

    private Optional<Found> aboveFiles(String key) {
        String option = "--" + key;
        Optional<String> typed = given.value(option).filter(value -> !key.equals(ALLOW_HOST_ACCESS));
        if (typed.isPresent()) {
            return Optional.of(new Found(typed.get(), option));
        }
        String variable = "MINIONS_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
        return surroundings.variable(variable).map(value -> new Found(value, variable));
    }

    private static Path directory(String text) {
        if (text.isEmpty()) {
            throw new UsageException("--data-dir must not be empty");
        }
        return Path.of(text).toAbsolutePath().normalize();
    }

    /**
     * A backend: the nearest that names one decides. Settings of a file belong to the id that stands beside them, so
     * they hold for an id from an option or a variable only if it is the same.
     */
    private Optional<Chosen> chosen(String kind) {
        Optional<Found> above = aboveFiles(kind);
        for (ConfigFile file : files) {
            Map<String, ConfigFile.Entry> table = file.entries(kind);
            if (table.isEmpty()) {
                continue;
            }
            Chosen inFile = fromFile(file, kind, table);
            if (above.isEmpty() || above.get().value().equals(inFile.id().value())) {
                return Optional.of(inFile);
            }
        }
        return above.map(found -> new Chosen(id(found.value(), found.where()), Map.of(), found.where()));
    }

    private static Chosen fromFile(ConfigFile file, String kind, Map<String, ConfigFile.Entry> table) {
        ConfigFile.Entry id = table.get("id");
        if (id == null) {
            ConfigFile.Entry first = table.values().iterator().next();
            throw new UsageException(file.where(first) + ": [" + kind + "] must say which one: id = \"…\"");
        }
        Map<String, String> values = new LinkedHashMap<>();
        table.forEach((key, entry) -> values.put(key, entry.value()));
        values.remove("id");
        return new Chosen(id(id.value(), file.where(id)), values, file.where(id));
    }

    private static BackendId id(String text, String where) {
        try {
            return BackendId.of(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(where + ": " + e.getMessage());
        }
    }
}
