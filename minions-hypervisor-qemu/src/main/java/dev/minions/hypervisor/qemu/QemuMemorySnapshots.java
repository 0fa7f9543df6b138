package dev.minions.hypervisor.qemu;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.spi.process.HostUser;
import dev.minions.spi.process.UnixStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/**
 * Memory on disk, as QEMU's migration sends and takes it: one stream, in one file. The VMM itself opens no file for it, so
 * its user needs no rights to a snapshot.
 */
final class QemuMemorySnapshots implements MemorySnapshots {
    private static final String FILE = "memory";
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** QEMU's own limit is meant for a network, 128 MiB a second. */
    private static final Map<String, ?> AS_FAST_AS_CAN_BE = Map.of("max-bandwidth", 1L << 40);

    private static final Map<String, ?> THROUGH_SOCKET = Map.of("uri", "unix:" + VmmFiles.MEMORY_SOCKET);

    private final QemuHypervisor hypervisor;
    private final Acceleration acceleration;

    QemuMemorySnapshots(QemuHypervisor hypervisor, Acceleration acceleration) {
        this.hypervisor = hypervisor;
        this.acceleration = acceleration;
    }

    @Override
    public void save(VmPlace machine, Path directory) {
        String what = "save the memory of vm " + machine.vm();
        var files = new VmmFiles(machine);
        requireReady(what, files, directory);
        HostDirectory.makePrivate(directory, Optional.empty());
        boolean saved = false;
        try {
            save(files, directory.resolve(FILE));
            Files.setPosixFilePermissions(directory.resolve(FILE), PosixFilePermissions.fromString("r--r--r--"));
            saved = true;
        } catch (ClosedByInterruptException e) {
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, what + ": interrupted", e);
        } catch (IOException e) {
            throw new MinionsException(ErrorCode.HYPERVISOR_ERROR, what + ": " + e.getMessage(), e);
        } finally {
            if (!saved) {
                HostDirectory.remove(directory);
            }
        }
    }

    private void requireReady(String what, VmmFiles files, Path directory) {
        if (!directory.toAbsolutePath().startsWith(files.place().records().toAbsolutePath())) {
            throw new IllegalArgumentException(what + ": '" + directory + "' is not below '"
                    + files.place().records() + "'");
        }
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new MinionsException(ErrorCode.WRONG_STATE, what + ": '" + directory + "' exists");
        }
        if (hypervisor.find(files.place()).filter(vmm -> vmm.pid().isPresent()).isEmpty()) {
            throw new MinionsException(ErrorCode.WRONG_STATE, what + ": it does not run");
        }
        if (!new QemuPausing(new QmpControl(files)).isPaused()) {
            throw new MinionsException(ErrorCode.WRONG_STATE, what + ": it is not paused");
        }
    }

    private void save(VmmFiles files, Path file) throws IOException {
        var control = new QmpControl(files);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Path socket = files.memorySocket();
        Files.deleteIfExists(socket);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            HostUser.vmm(files.place().cid(), acceleration.group())
                    .ifPresent(owner -> HostDirectory.giveTo(socket, owner));
            control.execute("migrate-set-parameters", AS_FAST_AS_CAN_BE, COMMAND_LIMIT);
            control.execute("migrate", THROUGH_SOCKET, COMMAND_LIMIT);
            long answer = System.nanoTime() + COMMAND_LIMIT.toNanos();
            try (var transfer = new MemoryTransfer(accept(server, answer), deadline)) {
                transfer.receive(file);
            }
        } finally {
            Files.deleteIfExists(socket);
        }
        awaitCompleted(control, deadline);
    }

    private static SocketChannel accept(ServerSocketChannel server, long deadline) throws IOException {
        server.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            SocketChannel caller = server.accept();
            while (caller == null) {
                UnixStream.select(selector, deadline);
                caller = server.accept();
            }
            return caller;
        }
    }

    /** All bytes have gone through; QEMU needs a moment to know what that means. */
    private static void awaitCompleted(QmpControl control, long deadline) throws IOException {
        while (true) {
            JsonNode migration = control.execute("query-migrate", COMMAND_LIMIT);
            switch (migration.path("status").asString("")) {
                case "completed" -> {
                    return;
                }
                case "failed", "cancelled" ->
                    throw new IOException(
                            "qemu gave up: " + migration.path("error-desc").asString("no reason given"));
                default -> UnixStream.requireTime(deadline, "qemu did not come to an end");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public Vmm restore(MachineSpec machine, Path directory) {
        QemuVmm vmm = hypervisor.startToRestore(machine);
        try {
            restore(new VmmFiles(machine.place()), directory.resolve(FILE));
            return vmm;
        } catch (IOException | RuntimeException e) {
            vmm.kill(); // what it has said is complete only then
            throw failure(machine, directory, vmm.errorTail(), e);
        }
    }

    private static MinionsException failure(MachineSpec machine, Path directory, String said, Exception e) {
        if (e instanceof ClosedByInterruptException) {
            return new MinionsException(ErrorCode.CALL_INTERRUPTED, message(machine, directory) + "interrupted", e);
        }
        if (e instanceof MinionsException known && known.code() == ErrorCode.CALL_INTERRUPTED) {
            return known;
        }
        return new MinionsException(
                ErrorCode.HYPERVISOR_ERROR,
                message(machine, directory) + e.getMessage() + (said.isEmpty() ? "" : ": " + said),
                e);
    }

    private static String message(MachineSpec machine, Path directory) {
        return "restore vm '" + machine.name() + "' from '" + directory + "': ";
    }

    private static void restore(VmmFiles files, Path file) throws IOException {
        var control = new QmpControl(files);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        control.execute("migrate-incoming", THROUGH_SOCKET, COMMAND_LIMIT);
        SocketChannel socket = UnixStream.connectChannel(files.memorySocket(), deadline);
        try (var transfer = new MemoryTransfer(socket, deadline)) {
            transfer.send(file);
        } finally {
            Files.deleteIfExists(files.memorySocket());
        }
        awaitCompleted(control, deadline);
    }
}
