package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageCacheTest {
    @TempDir
    Path directory;

    private PackageCache cache = new PackageCache(Path.of("/"));

    @BeforeEach
    void open() {
        cache = new PackageCache(directory.resolve("cache/debian"));
    }

    @Test
    void aBrokenOffBuildAddsWhatItFetched() throws IOException {
        assertThat(cache.isEmpty()).isTrue();
        cache.keep(fetched("a_1.deb", "lock"), false);
        cache.keep(fetched("b_1.deb"), false);
        assertThat(kept()).containsExactly("a_1.deb", "b_1.deb");
        assertThat(cache.isEmpty()).isFalse();
    }

    @Test
    void aCompleteBuildLeavesNoMoreThanItNeeded() throws IOException {
        cache.keep(fetched("a_1.deb", "b_1.deb"), false);
        cache.keep(fetched("a_2.deb", "b_1.deb"), true);
        assertThat(kept()).containsExactly("a_2.deb", "b_1.deb");
    }

    @Test
    void clearingLeavesNothing() throws IOException {
        cache.keep(fetched("a_1.deb"), false);
        cache.clear();
        assertThat(kept()).isEmpty();
    }

    private Path fetched(String... names) throws IOException {
        Path fetched = Files.createTempDirectory(directory, "fetched");
        for (String name : names) {
            Files.writeString(fetched.resolve(name), name);
        }
        return fetched;
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> files = Files.list(cache.directory())) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
