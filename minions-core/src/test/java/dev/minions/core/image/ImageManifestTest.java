package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ByteSize;
import dev.minions.spi.ImageRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageManifestTest {
    private static final Map<String, String> PARTS = Map.of("disk", "11", "kernel", "22");

    @Test
    void saysAllThatTheStoreKeeps() throws IOException {
        ImageManifest manifest = manifest();
        assertThat(ImageManifest.fromJson(manifest.toJson())).isEqualTo(manifest);
    }

    @Test
    void theDigestIsOfWhatAMachineSees() {
        var digest = ImageManifest.digest("x86_64", "quiet", PARTS);
        assertThat(ImageManifest.digest("x86_64", "quiet", PARTS)).isEqualTo(digest);
        assertThat(ImageManifest.digest("x86_64", "loud", PARTS)).isNotEqualTo(digest);
        assertThat(ImageManifest.digest("aarch64", "quiet", PARTS)).isNotEqualTo(digest);
        assertThat(ImageManifest.digest("x86_64", "quiet", Map.of("disk", "11")))
                .isNotEqualTo(digest);
        assertThat(ImageManifest.digest("x86_64", "quiet", Map.of("disk", "11", "initrd", "22")))
                .isNotEqualTo(digest);
    }

    @Test
    void whatIsNoManifestOrOfANewerProgramIsRefused() {
        String json = new String(manifest().toJson(), StandardCharsets.UTF_8);
        for (String wrong : new String[] {
            "", "{", "[]", "{}", json.replace("\"format\" : 1", "\"format\" : 2"), json.replace("sha256:", "sha1:")
        }) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ImageManifest.fromJson(wrong.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static ImageManifest manifest() {
        ImageRecord image = new ImageRecord(
                ImageManifest.digest("x86_64", "quiet", PARTS),
                Set.of("debian", "other"),
                Optional.of("recipe"),
                "debian 12",
                "x86_64",
                ByteSize.gib(2),
                "quiet",
                true,
                false,
                Optional.of("1.0"),
                Map.of("git", "1:2.39"),
                Instant.parse("2026-11-21T06:30:00.123Z"));
        return new ImageManifest(image, ByteSize.mib(350), PARTS);
    }
}
