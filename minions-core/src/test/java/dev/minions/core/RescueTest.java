package dev.minions.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.ByteSize;
import dev.minions.CopyOptions;
import dev.minions.CreateOptions;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.Resize;
import dev.minions.StopOptions;
import dev.minions.Vm;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmSpec;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.process.HostCommand;
import dev.minions.testkit.fake.FakeHost;
import dev.minions.testkit.fake.FakeImages;
import dev.minions.testkit.fake.FakeNetwork;
import dev.minions.testkit.fake.ProcessHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories whose database is lost, or which are not where they were made; the VMs are real processes. */
class RescueTest {
    @TempDir
    private Path root;

    private Path data() {
        return root.resolve("data");
    }

    private LocalMinions.Builder at(Path data) {
        FakeHost host = FakeHost.in(root);
        return LocalMinions.builder()
                .dataDirectory(data)
                .hypervisor(ProcessHypervisor.on(host))
                .network(FakeNetwork.on(host))
                .imageSource(FakeImages.on(host, "tiny"));
    }

    private static VmSpec spec(String name) {
        return VmSpec.builder(name, "tiny")
                .memory(ByteSize.mib(128))
                .disk(ByteSize.gib(2))
                .build();
    }

    @AfterEach
    void nothingRunsOn() throws IOException {
        try (Stream<Path> all = Files.isDirectory(root) ? Files.list(root) : Stream.empty()) {
            for (Path data :
                    all.filter(path -> Files.exists(path.resolve("state.db"))).toList()) {
                try (Minions minions = at(data).build()) {
                    minions.list().forEach(vm -> minions.get(vm.id().toString()).destroy());
                }
            }
        }
    }

    private void loseTheDatabase() throws IOException {
        for (String name : List.of("state.db", "state.db-wal", "state.db-shm")) {
            Files.deleteIfExists(data().resolve(name));
        }
    }

    @Test
    void vmsAndImagesOfALostDatabaseAreKnownAgainAndRunOn() throws IOException {
        VmInfo web;
        VmInfo db;
        try (Minions minions = at(data()).build()) {
            web = minions.create(spec("web")).info();
            db = minions.create(spec("db"), CreateOptions.defaults().stopped()).info();
        }
        loseTheDatabase();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> at(data()).build())
                .returns(ErrorCode.MISSING_DATABASE, MinionsException::code)
                .withMessageContaining("minions recover");

        RecoveryReport report = at(data()).recover();
        assertThat(report.vms()).containsExactly(web.name(), db.name());
        assertThat(report.images()).containsExactly(ImageRef.of(web.imageDigest()));
        assertThat(report.left()).isEmpty();

        try (Minions minions = at(data()).build()) {
            VmInfo again = minions.get("web").info();
            assertThat(again.state()).isEqualTo(VmState.RUNNING);
            assertThat(again)
                    .extracting(VmInfo::id, VmInfo::pid, VmInfo::cid, VmInfo::ip, VmInfo::createdAt)
                    .containsExactly(web.id(), web.pid(), web.cid(), web.ip(), web.createdAt());
            assertThat(minions.get("db").info()).isEqualTo(db);
            minions.get("db").start();
            assertThat(minions.create(spec("third")).info().cid()).isNotIn(web.cid(), db.cid());
        }
        assertThat(at(data()).recover()).isEqualTo(new RecoveryReport(List.of(), List.of(), List.of()));
    }

    @Test
    void whatCannotBeKnownAgainIsNamedAndLeftAsItIs() throws IOException {
        try (Minions minions = at(data()).build()) {
            Vm web = minions.create(spec("web"), CreateOptions.defaults().stopped());
            Vm db = minions.create(spec("db"), CreateOptions.defaults().stopped());
            Files.createFile(directory(web.info()).resolve("destroyed"));
            Files.delete(directory(db.info()).resolve("manifest.json"));
            Files.writeString(
                    directory(minions.create(
                                            spec("bad"),
                                            CreateOptions.defaults().stopped())
                                    .info())
                            .resolve("manifest.json"),
                    "{\"version\":7}");
        }
        loseTheDatabase();
        RecoveryReport report = at(data()).recover();
        assertThat(report.vms()).isEmpty();
        assertThat(report.left())
                .extracting(RecoveryReport.Left::reason)
                .satisfiesExactlyInAnyOrder(
                        reason -> assertThat(reason).contains("was being destroyed"),
                        reason -> assertThat(reason).contains("no manifest"),
                        reason -> assertThat(reason).contains("version 7"));
        assertThat(report.left())
                .allSatisfy(left -> assertThat(left.directory()).isDirectory());
    }

    @Test
    void snapshotsAndDataDisksAndCopiesOfALostDatabaseAreKnownAgain() throws IOException {
        VmInfo web;
        try (Minions minions = at(data()).build()) {
            VmSpec spec = spec("web").toBuilder().data(ByteSize.mib(4)).build();
            Vm vm = minions.create(spec, CreateOptions.defaults().stopped());
            vm.snapshots().create("clean");
            vm.snapshots().create("gone");
            vm.snapshots().delete("gone");
            vm.rename(VmName.of("www"));
            vm.resize(Resize.none().cpus(1).disk(ByteSize.gib(3)));
            minions.copy("www", CopyOptions.defaults().name(VmName.of("twin")));
            web = vm.info();
        }
        loseTheDatabase();

        assertThat(at(data()).recover().vms()).containsExactly(VmName.of("www"), VmName.of("twin"));

        try (Minions minions = at(data()).build()) {
            assertThat(minions.get("www").info()).isEqualTo(web);
            assertThat(web.snapshots()).hasSize(1);
            minions.get("www").snapshots().restore("clean");
            assertThat(minions.get("www").info().disk()).isEqualTo(ByteSize.gib(2));
            minions.get("www").start();
            minions.get("twin").start();
        }
    }

    private static Path directory(VmInfo vm) {
        return Objects.requireNonNull(vm.paths().get("directory"));
    }

    @Test
    void aLogWithoutItsDatabaseIsSetAsideAndNotTakenForTheNewOnes() throws IOException {
        try (Minions minions = at(data()).build()) {
            minions.create(spec("web"), CreateOptions.defaults().stopped());
        }
        loseTheDatabase();
        Files.write(data().resolve("state.db-wal"), new byte[4096]);
        assertThat(at(data()).recover().vms()).containsExactly(VmName.of("web"));
        try (Stream<Path> files = Files.list(data())) {
            assertThat(files).anyMatch(file -> file.getFileName().toString().startsWith("state.db-wal.lost-"));
        }
    }

    @Test
    void anEphemeralVmOfALostDatabaseGoesWithTheNextChange() throws IOException {
        Path manifest;
        try (Minions minions = at(data()).build()) {
            manifest = directory(
                            minions.create(spec("job"), CreateOptions.defaults().stopped())
                                    .info())
                    .resolve("manifest.json");
        }
        Files.writeString(manifest, Files.readString(manifest).replace("DURABLE", "EPHEMERAL"));
        loseTheDatabase();
        assertThat(at(data()).recover().vms()).containsExactly(VmName.of("job"));
        try (Minions minions = at(data()).build()) {
            minions.create(spec("next"), CreateOptions.defaults().stopped());
            assertThat(minions.list()).extracting(vm -> vm.name().value()).containsExactly("next");
        }
        assertThat(manifest).doesNotExist();
    }

    @Test
    void nothingIsRecoveredWhileAProgramHasTheDataDirectoryOpen() {
        try (Minions minions = at(data()).build()) {
            minions.create(spec("web"), CreateOptions.defaults().stopped());
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> at(data()).recover())
                    .withMessageContaining("1 program has it open");
            assertThatExceptionOfType(MinionsException.class)
                    .isThrownBy(() -> at(data()).adopt())
                    .withMessageContaining("1 program has it open");
        }
    }

    @Test
    void aCopyThatIsAdoptedForgetsTheProcessesOfItsOriginal() {
        try (Minions minions = at(data()).build()) {
            minions.create(spec("web"));
        }
        Path copy = root.resolve("copy");
        HostCommand.of("cp", "-a", data().toString(), copy.toString()).run();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> at(copy).build())
                .returns(ErrorCode.FOREIGN_INSTALLATION, MinionsException::code)
                .withMessageContaining("adopt");

        at(copy).adopt();
        try (Minions original = at(data()).build();
                Minions copied = at(copy).build()) {
            assertThat(copied.get("web").info().state()).isEqualTo(VmState.FAILED);
            copied.get("web").start();
            copied.get("web").destroy();
            assertThat(original.get("web").info().state()).isEqualTo(VmState.RUNNING);
        }
    }

    @Test
    void aDirectoryThatWasMovedWithAVmRunningIsNotAdoptedUntilItIsStopped() throws IOException {
        try (Minions minions = at(data()).build()) {
            minions.create(spec("web"));
        }
        Path moved = root.resolve("moved");
        Files.move(data(), moved);
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> at(moved).adopt())
                .returns(ErrorCode.WRONG_STATE, MinionsException::code)
                .withMessageContaining("move it back");
        Files.move(moved, data());
        try (Minions minions = at(data()).build()) {
            minions.get("web").stop(StopOptions.defaults().grace(Duration.ofSeconds(5)));
        }
        Files.move(data(), moved);
        assertThat(at(moved).adopt()).isEqualTo(moved.toAbsolutePath());
        try (Minions minions = at(moved).build()) {
            minions.get("web").start();
            assertThat(minions.get("web").exec("echo", "hi").stdout()).isEqualTo("hi\n");
        }
    }

    @Test
    void whatIsNoDataDirectoryIsNotAdopted() {
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> at(root).adopt())
                .returns(ErrorCode.PATH_NOT_FOUND, MinionsException::code);
    }
}
