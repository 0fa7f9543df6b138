package dev.minions.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioArchiveTest {
    private static final int HEADER = 110;

    @TempDir
    Path directory;

    @Test
    void holdsWhatWasPutIn() throws IOException {
        Path tree = directory.resolve("tree");
        Files.createDirectories(tree.resolve("bin"));
        program(tree.resolve("bin/tool"), "tool");
        Files.writeString(tree.resolve("list"), "abcde");

        Map<String, String> entries = entries(archive(tree));

        assertThat(entries)
                .containsExactly(
                        Map.entry("dev", "40755 "),
                        Map.entry("dev/console", "20600 5:1 "),
                        Map.entry("init", "100755 #!/bin/sh"),
                        Map.entry("bin", "40755 "),
                        Map.entry("bin/tool", "100755 tool"),
                        Map.entry("list", "100644 abcde"),
                        Map.entry("TRAILER!!!", "0 "));
    }

    @Test
    void equalContentGivesEqualBytesWhateverTheDates() throws IOException {
        Path one = Files.createDirectories(directory.resolve("one"));
        Path other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(one.resolve("a"), "1");
        Files.writeString(one.resolve("b"), "2");
        Files.writeString(other.resolve("b"), "2");
        Files.writeString(other.resolve("a"), "1");
        Files.setLastModifiedTime(other.resolve("a"), FileTime.fromMillis(1));

        assertThat(archive(one)).isEqualTo(archive(other));
    }

    @Test
    void aLinkIsRefused() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("/etc/shadow"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> archive(tree))
                .withMessageContaining("link");
    }

    private static void program(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static byte[] archive(Path tree) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CpioArchive archive = new CpioArchive(out)) {
            archive.directory("dev");
            archive.device("dev/console", 5, 1);
            archive.program("init", "#!/bin/sh".getBytes(StandardCharsets.UTF_8));
            archive.tree(tree);
        }
        return out.toByteArray();
    }

    /** What the kernel would see: mode, device if there is one, content. */
    private static Map<String, String> entries(byte[] archive) {
        assertThat(archive.length % 512).isZero();
        Map<String, String> entries = new LinkedHashMap<>();
        int at = 0;
        while (!entries.containsKey("TRAILER!!!")) {
            assertThat(text(archive, at, 6)).isEqualTo("070701");
            int size = field(archive, at, 6);
            int name = field(archive, at, 11);
            int content = aligned(at + HEADER + name);
            String device =
                    field(archive, at, 9) == 0 ? "" : field(archive, at, 9) + ":" + field(archive, at, 10) + " ";
            entries.put(
                    text(archive, at + HEADER, name - 1),
                    Integer.toOctalString(field(archive, at, 1)) + " " + device + text(archive, content, size));
            at = aligned(content + size);
        }
        return entries;
    }

    private static int field(byte[] archive, int header, int number) {
        return Integer.parseInt(text(archive, header + 6 + 8 * number, 8), 16);
    }

    private static String text(byte[] bytes, int from, int length) {
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    private static int aligned(int position) {
        return (position + 3) & ~3;
    }
}
