package dev.minions.testkit;

import dev.minions.ByteSize;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A JVM that starts one machine and is then killed: whether the machine lives on is the question. */
final class ShortLivedProcess {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ShortLivedProcess() {}

    /** Starts the machine there, kills that JVM, and gives the VMM's pid. */
    static long startAndKill(
            Class<? extends HypervisorContract> contract, BackendContext context, MachineSpec machine) {
        Path report = context.dataDirectory().resolve("started");
        Path log = context.dataDirectory().resolve("short-lived.log");
        var builder = builder(contract, context, machine, report)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(new File("/dev/null"));
        try {
            Process process = builder.start();
            try {
                Await.until("machine started, or " + log, LIMIT, () -> Files.exists(report) || !process.isAlive());
                if (!Files.exists(report)) {
                    throw new AssertionError("the other process ended: " + Files.readString(log));
                }
                return Long.parseLong(Files.readString(report));
            } finally {
                process.destroyForcibly().onExit().join();
                Files.deleteIfExists(report);
                Files.deleteIfExists(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder builder(
            Class<? extends HypervisorContract> contract, BackendContext context, MachineSpec machine, Path report) {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + context.dataDirectory(), // a killed JVM removes nothing; who started it does
                "-cp",
                System.getProperty("java.class.path"),
                ShortLivedProcess.class.getName(),
                contract.getName(),
                report.toString(),
                context.installation(),
                context.dataDirectory().toString(),
                context.socketDirectory().toString(),
                machine.place().vm().toString(),
                "" + machine.place().cid(),
                machine.kernel().toString(),
                machine.initrd().map(Path::toString).orElse(""),
                machine.kernelArguments(),
                machine.disks().get(0).path().toString(),
                machine.lifetime().name());
    }

    /** What that JVM runs, with the arguments in the order above. */
    public static void main(String[] arguments) throws Exception {
        List<String> args = List.of(arguments);
        Constructor<?> constructor = Class.forName(args.get(0)).getDeclaredConstructor();
        constructor.setAccessible(true);
        var contract = (HypervisorContract) constructor.newInstance();
        var context = new BackendContext(args.get(2), Path.of(args.get(3)), Path.of(args.get(4)));
        try (Hypervisor hypervisor = contract.factory().open(context);
                Vmm vmm = hypervisor.start(machine(context, args))) {
            Path half = Path.of(args.get(1) + ".part");
            Files.writeString(half, "" + vmm.pid().orElseThrow());
            Files.move(half, Path.of(args.get(1)), StandardCopyOption.ATOMIC_MOVE);
            new CountDownLatch(1).await(); // until it is killed
        }
    }

    private static MachineSpec machine(BackendContext context, List<String> args) {
        VmId vm = VmId.of(args.get(5));
        var place = new VmPlace(
                vm,
                Long.parseLong(args.get(6)),
                context.dataDirectory().resolve("vms").resolve(vm.toString()),
                context.socketDirectory().resolve(vm.shortForm()));
        var disk = new MachineSpec.Disk(
                Path.of(args.get(10)), DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE);
        return new MachineSpec(
                place,
                VmName.of("short-lived"),
                1,
                ByteSize.mib(256),
                Path.of(args.get(7)),
                Optional.of(args.get(8)).filter(path -> !path.isEmpty()).map(Path::of),
                args.get(9),
                List.of(disk),
                List.of(),
                Lifetime.valueOf(args.get(11)));
    }
}
