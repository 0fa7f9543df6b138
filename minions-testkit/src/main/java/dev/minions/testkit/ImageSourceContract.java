package dev.minions.testkit;

import static dev.minions.testkit.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.HostReport;
import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.ImageSource;
import dev.minions.spi.ImageSource.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ImageSource} promises. Where it can build, three builds are begun, and one of them is gone through
 * with.
 *
 * {@snippet :
 * class MyImagesTest extends ImageSourceContract {
 *     @Override
 *     protected ImageSource source() {
 *         return new MyImages();
 *     }
 *
 *     @Override
 *     protected ImageBuild smallest() {
 *         return ImageBuild.of("mine").sized(ByteSize.mib(256));
 *     }
 * }
 * }
 */
public abstract class ImageSourceContract {
    private final HostDirectories directories = new HostDirectories();
    private final Path cache = directories.context().dataDirectory().resolve("cache");
    private final Path work = directories.context().dataDirectory().resolve("work");

    /** For subclasses. */
    protected ImageSourceContract() {}

    /** The source, a new one each time. */
    protected abstract ImageSource source();

    /** The build that takes the least time. */
    protected abstract ImageBuild smallest();

    /** A build that is refused while it is under way, as for a package that does not exist; empty if there is none. */
    protected Optional<ImageBuild> impossible() {
        return Optional.of(smallest().including("no-such-package-as-this"));
    }

    @BeforeEach
    final void makeDirectories() throws IOException {
        Files.createDirectory(cache);
        Files.createDirectory(work);
    }

    @AfterEach
    final void removeDirectories() {
        directories.close();
    }

    @Test
    void aSourceSaysWhatItBuildsAndWhetherItCan() {
        assertThat(source().names()).isNotEmpty().contains(smallest().image());
        assertThat(source().names()).isEqualTo(source().names());
        assertThat(source().probe()).isNotEmpty();
        assertThat(HostDirectories.files(directories.context().dataDirectory()))
                .as("nothing was changed")
                .containsExactlyInAnyOrder("cache", "vms", "work");
    }

    @Test
    void aFingerprintIsTheSameForTheSameRecipe() {
        ImageBuild build = smallest().including("one", "two");

        assertThat(source().fingerprint(build))
                .isNotBlank()
                .isEqualTo(source().fingerprint(build))
                .isEqualTo(source().fingerprint(smallest().including("two", "one")))
                .as("what the result is called is no part of what it is")
                .isEqualTo(source().fingerprint(build.named("another-name")));
    }

    @Test
    void aFingerprintIsAnotherForAnotherRecipe() {
        ImageBuild build = smallest();

        assertThat(Set.of(
                        source().fingerprint(build),
                        source().fingerprint(build.including("one")),
                        source().fingerprint(build.including("one", "two")),
                        source().fingerprint(build.sized(build.size().plus(ByteSize.mib(64))))))
                .hasSize(4);
    }

    @Test
    void aBuildGivesWholeFilesBelowItsDirectory() throws IOException {
        assumeItCanBuild();
        List<String> steps = new ArrayList<>();

        Parts parts = source().build(smallest(), work, cache, progress -> steps.add(progress.step()));

        assertThat(parts.disk()).startsWith(work).isRegularFile();
        assertThat(Files.size(parts.disk())).isEqualTo(smallest().size().bytes());
        assertThat(parts.kernel())
                .isPresent()
                .hasValueSatisfying(file ->
                        assertThat(file).startsWith(work).isRegularFile().isNotEmptyFile());
        parts.initrd()
                .ifPresent(file ->
                        assertThat(file).startsWith(work).isRegularFile().isNotEmptyFile());
        assertThat(parts.os()).isNotBlank();
        assertThat(parts.architecture()).isNotBlank();
        assertThat(parts.kernelArguments()).doesNotContain("\n");
        assertThat(parts.packages().keySet()).containsAll(smallest().include());
        assertThat(steps).as("what a listener heard").isNotEmpty();
    }

    @Test
    void aBuildThatIsRefusedSaysWhy() {
        assumeItCanBuild();
        assumeTrue(impossible().isPresent(), "this source knows no build that is refused");

        assertFails(
                ErrorCode.IMAGE_ERROR,
                () -> source().build(impossible().orElseThrow(), work, cache, ProgressListener.NONE));
    }

    @Test
    void anInterruptedBuildEndsSoon() {
        assumeItCanBuild();
        var building = Workers.begin(() -> {
            try {
                source().build(smallest(), work, cache, ProgressListener.NONE);
                return "done before the interrupt came";
            } catch (MinionsException e) {
                return e.code().text();
            }
        });
        building.awaitWaiting();

        building.interrupt();

        assertThat(building.result()).isIn("done before the interrupt came", ErrorCode.CALL_INTERRUPTED.text());
    }

    private void assumeItCanBuild() {
        List<String> problems = source().probe().stream()
                .filter(finding -> finding.severity() == HostReport.Severity.ERROR)
                .map(HostReport.Finding::message)
                .toList();
        assumeTrue(problems.isEmpty(), () -> "cannot build here: " + problems);
    }
}
