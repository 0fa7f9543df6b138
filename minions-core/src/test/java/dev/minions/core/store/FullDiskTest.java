package dev.minions.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.core.LoopFileSystem;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.VmRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a full disk can be looked at and emptied. */
class FullDiskTest {
    private static final long SIZE = 256L << 20;

    @TempDir
    Path scratch;

    private LoopFileSystem disk;
    private Path directory;
    private Path filler;

    @BeforeEach
    void mount() throws IOException {
        // The first store that a JVM opens has SQLite's native library loaded from its directory, for as long as the
        // JVM lives.
        SqliteStore.open(Files.createDirectory(scratch.resolve("first"))).close();
        disk = LoopFileSystem.mount(scratch, SIZE, "mkfs.ext4", "-q", "-m", "0");
        directory = disk.directory();
        filler = directory.resolve("filler");
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void onAFullDiskVmsAreListedAndAfterTheReserveIsReleasedTheyAreRemoved() throws IOException {
        VmRecord vm = Records.vm("a", 3);
        try (SqliteStore store = SqliteStore.open(directory)) {
            store.write(tx -> {
                tx.putImage(Records.image());
                tx.addVm(vm);
                return true;
            });
        }
        assertThat(directory.resolve(Reserve.NAME)).hasSize(Reserve.SIZE);
        fillTheDisk();

        try (SqliteStore store = SqliteStore.open(directory)) {
            assertThat(vms(store)).containsExactly(vm);
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> addMany(store))
                    .returns(ErrorCode.NO_SPACE, MinionsException::code)
                    .withMessageContaining("no space left");
            assertThat(vms(store)).containsExactly(vm);

            store.releaseReserve();
            store.write(tx -> {
                tx.removeVm(vm.id());
                return true;
            });
            assertThat(vms(store)).isEmpty();
        }
        assertThat(directory.resolve(Reserve.NAME)).doesNotExist();

        Files.delete(filler);
        try (SqliteStore store = SqliteStore.open(directory)) {
            store.write(tx -> tx.freeCid());
        }
        assertThat(directory.resolve(Reserve.NAME)).hasSize(Reserve.SIZE);
    }

    private static void addMany(SqliteStore store) {
        store.write(tx -> {
            for (int i = 0; i < 20_000; i++) { // more than the log has room for from earlier
                tx.addVm(Records.vm("vm-" + i, 10 + i));
            }
            return true;
        });
    }

    private static List<VmRecord> vms(SqliteStore store) {
        return store.read(view -> view.vms(Optional.empty()));
    }

    private void fillTheDisk() throws IOException {
        for (int block = 1 << 20; block > 0; block /= 2) {
            fillTheDisk(new byte[block]);
        }
        assertThat(Files.getFileStore(directory).getUsableSpace()).isZero();
    }

    private void fillTheDisk(byte[] block) {
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }
}
