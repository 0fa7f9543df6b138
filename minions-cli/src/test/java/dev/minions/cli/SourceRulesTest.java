package dev.minions.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of CONTRIBUTING.md that no compiler knows, over the sources of every module. */
class SourceRulesTest {
    private static final int LINES_OF_A_METHOD = 40;
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void noMethodIsLongerThanAScreen() {
        assertThat(sources("src").flatMap(file -> SourceFile.read(file).methodsLongerThan(LINES_OF_A_METHOD)))
                .as("methods of more than %d lines", LINES_OF_A_METHOD)
                .isEmpty();
    }

    @Test
    void whateverAModuleExportsIsDocumented() {
        assertThat(modules()
                        .flatMap(SourceRulesTest::exportedSources)
                        .flatMap(file -> SourceFile.read(file).undocumented()))
                .as("public declarations without a comment")
                .isEmpty();
    }

    @Test
    void noTestSleeps() {
        assertThat(linesWith("Thread\\.sleep\\(|TimeUnit\\.\\w+\\.sleep\\(", "src/test"))
                .as("a test waits for a condition")
                .isEmpty();
    }

    @Test
    void nothingIsLeftToDo() {
        assertThat(linesWith("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b", "src")).isEmpty();
    }

    private static Stream<Path> modules() {
        return list(ROOT).filter(directory -> Files.exists(directory.resolve("src/main/java/module-info.java")));
    }

    private static Stream<Path> sources(String below) {
        return modules()
                .map(module -> module.resolve(below))
                .filter(Files::isDirectory)
                .flatMap(SourceRulesTest::walk)
                .filter(file -> file.toString().endsWith(".java"));
    }

    private static Stream<Path> exportedSources(Path module) {
        Path sources = module.resolve("src/main/java");
        return SourceFile.read(sources.resolve("module-info.java"))
                .exportedPackages()
                .map(name -> sources.resolve(name.replace('.', '/')))
                .flatMap(SourceRulesTest::list)
                .filter(file -> file.toString().endsWith(".java"));
    }

    private static Stream<String> linesWith(String regex, String below) {
        Pattern pattern = Pattern.compile(regex);
        return sources(below).flatMap(file -> {
            List<String> lines = lines(file);
            return IntStream.range(0, lines.size())
                    .filter(i -> pattern.matcher(lines.get(i)).find())
                    .mapToObj(i -> ROOT.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
        });
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> walk(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
