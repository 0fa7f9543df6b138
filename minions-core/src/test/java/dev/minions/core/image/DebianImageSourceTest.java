package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.minions.ByteSize;
import dev.minions.ImageBuild;
import dev.minions.ProgressListener;
import dev.minions.core.image.DebianRecipe.Part;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebianImageSourceTest {
    private static final ImageBuild DEBIAN = ImageBuild.of("debian");

    @TempDir
    Path directory;

    @Test
    void theFingerprintChangesWithAllThatGoesIn() throws IOException {
        Path agent = Files.writeString(directory.resolve("agent.tar"), "one");
        Path newer = Files.writeString(directory.resolve("newer.tar"), "two");
        DebianImageSource source = new DebianImageSource(agent);
        URI mirror = URI.create("https://mirror.example/debian");

        Set<String> different = Set.of(
                source.fingerprint(DEBIAN),
                source.fingerprint(DEBIAN.including("git")),
                source.fingerprint(DEBIAN.including("git", "vim")),
                source.fingerprint(DEBIAN.sized(ByteSize.gib(3))),
                source.mirror(mirror).fingerprint(DEBIAN),
                new DebianImageSource(newer).fingerprint(DEBIAN));

        assertThat(different).hasSize(6);
        assertThat(source.fingerprint(DEBIAN.named("other"))).isEqualTo(source.fingerprint(DEBIAN));
        assertThat(source.fingerprint(DEBIAN.including("git", "vim")))
                .isEqualTo(source.fingerprint(DEBIAN.including("vim", "git")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "ftp://mirror.example/debian", "http:mirror", "mailto:a@b"})
    void whatIsNoMirrorIsRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DebianImageSource(null).mirror(URI.create(address)))
                .withMessageContaining("'" + address + "'");
    }

    @Test
    void withoutAnAgentNothingIsBuilt() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(
                        () -> new DebianImageSource(null).build(DEBIAN, directory, directory, ProgressListener.NONE))
                .returns(ErrorCode.NOT_SUPPORTED, MinionsException::code)
                .withMessageContaining("MINIONS_AGENT_RUNTIME");
    }

    @ParameterizedTest
    @EnumSource(names = "AGENT_UNIT", mode = EnumSource.Mode.EXCLUDE)
    void everyScriptIsOneForAPlainShell(Part part) throws IOException {
        Path script = Files.writeString(directory.resolve("script"), part.text());
        HostCommand.Result checked =
                HostCommand.of("sh", "-n", script.toString()).outcome();
        assertThat(checked.stderr()).isEmpty();
        assertThat(checked.exitCode()).isZero();
    }

    @Test
    void aPathIsOneWordForMmdebstrap() {
        Path odd = Path.of("/var/lib/a b/it's;$(x)/é");
        String script = "printf '%s\\n' " + RootFileSystem.quoted(odd);
        assertThat(HostCommand.of("sh", "-c", script).run().stdout().strip()).isEqualTo(odd.toString());
    }
}
