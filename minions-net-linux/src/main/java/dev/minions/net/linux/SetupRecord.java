package dev.minions.net.linux;

import dev.minions.net.linux.StateFile.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The file in which {@code minions init} writes what it decided, what it found and what it changed. */
final class SetupRecord {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final StateFile file;
    private final String bridge;

    SetupRecord(Path path, String bridge) {
        this.file = new StateFile(path);
        this.bridge = bridge;
    }

    /** What is in it; without settings if it is not there. */
    Content read() {
        return new Content(bridge, file.read().orElse(Map.of()));
    }

    void write(Content content) {
        file.write(content.values, Durability.OVER_A_BOOT);
    }

    void delete() {
        file.delete();
    }

    /** The content, which grows as things are done. Not thread-safe. */
    static final class Content {
        private static final String BOOT = "boot";
        private static final String ADDRESS = "address";
        private static final String IP6 = "ip6";
        private static final String DNS = "dns";
        private static final String FOUND = "found.";
        private static final String CHANGED = "changed.";
        private static final String FIREWALLS = "firewalls";
        private static final String DIRECTORIES = "directories";

        private final String bridge;
        private final Map<String, String> values;

        private Content(String bridge, Map<String, String> values) {
            this.bridge = bridge;
            this.values = new TreeMap<>(values);
        }

        Optional<BridgeSettings> settings() {
            return Optional.ofNullable(values.get(ADDRESS))
                    .map(address -> BridgeSettings.of(
                            bridge,
                            address,
                            Optional.ofNullable(values.get(IP6)),
                            List.of(values.getOrDefault(DNS, "").split(" ", -1))));
        }

        /**
         * Notes the settings, and what is found, unless it was noted since the host's last boot: a boot undoes what
         * was changed then.
         */
        void begin(BridgeSettings settings, Supplier<Map<String, String>> found) {
            values.put(ADDRESS, settings.cidr());
            settings.ip6Prefix().ifPresent(prefix -> values.put(IP6, prefix));
            values.put(DNS, String.join(" ", settings.dns()));
            String boot = bootId();
            if (!boot.equals(values.put(BOOT, boot))) {
                values.keySet().removeIf(name -> name.startsWith(FOUND) || name.startsWith(CHANGED));
                values.remove(FIREWALLS);
                found.get().forEach((name, value) -> values.put(FOUND + name, value));
            }
        }

        /** Notes what was changed to which value. */
        void changed(Map<String, String> changed) {
            changed.forEach((name, value) -> values.put(CHANGED + name, value));
        }

        /** What is to be put back: what is different from what was found, unless somebody else has changed it since. */
        Map<String, String> toRestore(Function<String, Optional<String>> now) {
            Map<String, String> restore = new TreeMap<>();
            if (!bootId().equals(values.get(BOOT))) {
                return restore;
            }
            with(FOUND).forEach((name, value) -> {
                String ours = values.get(CHANGED + name);
                boolean others = ours != null && !now.apply(name).equals(Optional.of(ours));
                if (!others) {
                    restore.put(name, value);
                }
            });
            return restore;
        }

        void addFirewall(String where) {
            values.put(
                    FIREWALLS,
                    String.join(
                            " ",
                            Stream.concat(firewalls().stream(), Stream.of(where))
                                    .distinct()
                                    .toList()));
        }

        List<String> firewalls() {
            return words(FIREWALLS);
        }

        void addDirectories(List<Path> made) {
            values.put(
                    DIRECTORIES,
                    String.join(
                            " ",
                            Stream.concat(
                                            words(DIRECTORIES).stream(),
                                            made.stream().map(Path::toString))
                                    .distinct()
                                    .toList()));
        }

        List<Path> directories() {
            return words(DIRECTORIES).stream().map(Path::of).toList();
        }

        private List<String> words(String name) {
            return Stream.of(values.getOrDefault(name, "").split(" ", -1))
                    .filter(word -> !word.isEmpty())
                    .toList();
        }

        private Map<String, String> with(String prefix) {
            Map<String, String> found = new TreeMap<>();
            values.forEach((name, value) -> {
                if (name.startsWith(prefix)) {
                    found.put(name.substring(prefix.length()), value);
                }
            });
            return found;
        }

        private static String bootId() {
            try {
                return Files.readString(BOOT_ID).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
