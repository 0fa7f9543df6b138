package dev.minions.storage.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.Progress;
import dev.minions.ProgressListener;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCopyTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private Path image;
    private Path device;

    @BeforeEach
    void makeFiles() throws IOException {
        image = Files.createFile(directory.resolve("image"));
        device = Files.createFile(directory.resolve("device"));
    }

    private void put(Path file, long offset, byte[] bytes) throws IOException {
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(offset);
            out.write(bytes);
        }
    }

    @Test
    void everythingIsCopiedButWhatIsZero() throws IOException {
        byte[] content = new byte[3 * MIB + 512];
        new Random(1).nextBytes(content);
        Arrays.fill(content, MIB, MIB + 128 * 1024, (byte) 0);
        put(image, 0, content);
        byte[] mark = new byte[128 * 1024];
        Arrays.fill(mark, (byte) 7);
        put(device, MIB, mark); // what a device that is zero there would not show

        new ImageCopy(image, device).copy(ProgressListener.NONE, () -> {});

        byte[] copied = Files.readAllBytes(device);
        System.arraycopy(mark, 0, content, MIB, mark.length);
        assertThat(copied).isEqualTo(content);
    }

    @Test
    void itAsksForRoomBeforeItWritesAndThenForEachStretch() throws IOException {
        byte[] content = new byte[129 * MIB];
        new Random(1).nextBytes(content);
        put(image, 0, content);
        var asked = new AtomicInteger();
        List<Progress> heard = new ArrayList<>();

        new ImageCopy(image, device).copy(heard::add, asked::incrementAndGet);

        assertThat(asked).hasValue(3);
        assertThat(heard).hasSize(3);
    }

    @Test
    void whereThereIsNoRoomNothingIsWritten() throws IOException {
        put(image, 0, new byte[] {1, 2, 3});
        var full = new IllegalStateException("full");

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new ImageCopy(image, device).copy(ProgressListener.NONE, () -> {
                    throw full;
                }));

        assertThat(device).isEmptyFile();
    }

    @Test
    void itEndsWhenItsThreadIsInterrupted() throws IOException {
        put(image, 0, new byte[MIB]);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(ClosedByInterruptException.class)
                .isThrownBy(() -> new ImageCopy(image, device).copy(ProgressListener.NONE, () -> {}));

        assertThat(Thread.interrupted()).isTrue();
    }
}
