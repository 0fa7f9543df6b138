package dev.minions.client.json;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.ExecResult;
import dev.minions.ExitStatus;
import dev.minions.GuestStatus;
import dev.minions.HostReport;
import dev.minions.ImageInfo;
import dev.minions.ImageRef;
import dev.minions.OperationId;
import dev.minions.PortForward;
import dev.minions.ProjectName;
import dev.minions.SnapshotInfo;
import dev.minions.SnapshotName;
import dev.minions.StopResult;
import dev.minions.VmId;
import dev.minions.VmInfo;
import dev.minions.VmName;
import dev.minions.VmState;
import dev.minions.error.ErrorCode;
import dev.minions.error.LeftoverException;
import dev.minions.error.MinionsException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** One of each shape, made from values of the API. The examples of {@code docs/json.md}. */
final class Samples {
    private static final Instant NOW = Instant.parse("2026-11-21T05:40:12.345Z");
    private static final OperationId OPERATION = OperationId.of("019aa2c4-6f10-7b3e-9c1d-5e8f7a6b4c3d");
    private static final String DIGEST = "sha256:" + "3b0c".repeat(16);
    private static final Path IMAGE = Path.of("/var/lib/minions/images/3b0c");

    private Samples() {}

    static Stream<JsonShape> all() {
        return Stream.of(
                VmJson.of(vm()),
                ImageJson.of(image()),
                RemovedImageJson.of(image()),
                GuestStatusJson.of(vm(), status()),
                ExecResultJson.of(new ExecResult(
                        ExitStatus.exited(0),
                        "Linux web 6.1.0\n".getBytes(StandardCharsets.UTF_8),
                        new byte[0],
                        false)),
                StopResultJson.of(vm(), new StopResult(StopResult.How.POWER_BUTTON, Duration.ofMillis(4210))),
                DestroyedJson.of(vm()),
                SnapshotJson.of(vm(), snapshot()),
                new DiskJson("/dev/vdb", "data", ByteSize.gb(20).bytes(), null, false),
                LogJson.of(vm(), "Debian GNU/Linux 12 web ttyS0\r\n\r\nweb login: "),
                HostReportJson.of(report()),
                new RecoveryJson(
                        List.of("web"),
                        List.of(image().digest().value()),
                        List.of(new RecoveryJson.Left(
                                "/var/lib/minions/vms/019aa2c4-6e01-7c52-8d3a-91b2c3d4e5f6",
                                "its VM was being destroyed; remove the directory"))),
                new AdoptedJson("/var/lib/minions"),
                new InitJson(List.of("bridge 'br0' has 10.0.0.1/16")),
                new VersionJson("0.1.0", "21.0.5", "Linux 6.1.0-26-amd64", "amd64"),
                new CompletionJson("bash", "#!/usr/bin/env bash\n"),
                ErrorJson.of(failure()));
    }

    /** Those, and the shapes inside them. */
    static Stream<JsonShape> deep() {
        return all().flatMap(Samples::withInner);
    }

    private static Stream<JsonShape> withInner(JsonShape shape) {
        Stream<JsonShape> inner = shape.fields().values().stream()
                .flatMap(value -> value instanceof List<?> list ? list.stream() : Stream.ofNullable(value))
                .filter(JsonShape.class::isInstance)
                .map(JsonShape.class::cast)
                .flatMap(Samples::withInner);
        return Stream.concat(Stream.of(shape), inner);
    }

    private static VmInfo vm() {
        VmId id = VmId.of("019aa2c4-6e01-7c52-8d3a-91b2c3d4e5f6");
        Path directory = Path.of("/var/lib/minions/vms", id.toString());
        return new VmInfo(
                id,
                VmName.of("web"),
                ProjectName.DEFAULT,
                VmState.RUNNING,
                Optional.of(new VmInfo.Activity(OPERATION, "stop", "ask-agent", NOW, false, Optional.empty())),
                Optional.empty(),
                ImageRef.of("debian"),
                DIGEST,
                2,
                ByteSize.mib(1024),
                ByteSize.gb(10),
                Optional.of(ByteSize.gb(20)),
                List.of(AttachedDisk.readOnly(Path.of("/srv/tools.img"))),
                List.of(snapshot()),
                Optional.of("10.0.2.15"),
                Optional.of("fd12:3456:789a:1::a00:20f"),
                Optional.of("52:54:00:00:00:03"),
                3,
                OptionalLong.of(12345),
                List.of(PortForward.of(8080, 80)),
                Map.of("tier", "front", "owner", "ann"),
                NOW,
                Optional.of(NOW.plusSeconds(10)),
                new VmInfo.Backends("qemu", "directory", "user"),
                Map.of("directory", directory, "console-log", directory.resolve("console.log")));
    }

    private static SnapshotInfo snapshot() {
        return new SnapshotInfo(
                SnapshotName.of("clean"),
                NOW,
                SnapshotInfo.Guest.FROZEN,
                ByteSize.gb(10),
                Optional.of(ByteSize.gb(20)));
    }

    private static ImageInfo image() {
        return new ImageInfo(
                ImageRef.of(DIGEST),
                Set.of("debian"),
                "debian 12",
                "x86_64",
                ByteSize.gib(2),
                ByteSize.mib(690),
                NOW,
                "root=/dev/vda rw console=ttyS0",
                Optional.of("0.1.0"),
                Map.of("git", "1:2.39.5-0+deb12u2"),
                IMAGE.resolve("disk"),
                Optional.of(IMAGE.resolve("kernel")),
                Optional.of(IMAGE.resolve("initrd")),
                Set.of(VmName.of("web"), VmName.of("db")));
    }

    private static GuestStatus status() {
        return new GuestStatus(
                Duration.ofMillis(63_500),
                "web",
                ByteSize.mib(975),
                ByteSize.mib(120),
                ByteSize.gb(10),
                ByteSize.mib(640),
                OptionalDouble.of(1.5),
                OptionalLong.of(20_480),
                OptionalLong.of(4_096),
                OptionalDouble.of(0.25),
                Optional.of("0.1.0"));
    }

    private static HostReport report() {
        return new HostReport(
                List.of(new HostReport.Choice(
                        "hypervisor", "qemu", "QEMU 7.2.15, software emulation", "the only one installed")),
                List.of(HostReport.Finding.warning(
                        "kvm", "the CPU shows neither vmx nor svm", "run on a host with hardware virtualization")));
    }

    private static MinionsException failure() {
        MinionsException failure = new MinionsException(
                        ErrorCode.BOOT_TIMEOUT, "create vm 'web': its agent did not answer in 300 s")
                .during(OPERATION);
        failure.addSuppressed(new LeftoverException("volume 'root'", new IllegalStateException("busy")));
        return failure;
    }
}
