package dev.minions.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.VmId;
import dev.minions.VmName;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.AgentException;
import dev.minions.agent.client.AgentProcess;
import dev.minions.spi.BackendContext;
import dev.minions.spi.DiskFormat;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.MemorySnapshots;
import dev.minions.spi.VmPlace;
import dev.minions.spi.Vmm;
import dev.minions.spi.process.HostDirectory;
import dev.minions.testkit.Await;
import dev.minions.testkit.census.LeakCensus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The memory of a real guest, kept and restored: the guest goes on with what it had, and whoever was connected to it learns
 * at once that the connection is over.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class MemoryTest {
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 10;

    private Path root;
    private LeakCensus census;
    private LeakCensus.Snapshot before;
    private Hypervisor hypervisor;
    private MachineSpec machine;

    @BeforeEach
    void openOnAnEmptyHost() throws IOException, InterruptedException {
        root = Files.createDirectory(Path.of("/var/lib/lab-memory"));
        census = LeakCensus.of(root, root);
        before = census.take();
        hypervisor = Subject.hypervisor().open(new BackendContext("0123456789ab", root, root));
        machine = machine();
    }

    /** Of a disk that is all holes where the image is: a copy in full would take longer than all else. */
    private MachineSpec machine() throws IOException, InterruptedException {
        VmId id = VmId.random();
        Path records = Files.createDirectory(root.resolve("records"));
        Path disk = root.resolve("disk");
        Process copy = new ProcessBuilder("cp", "--sparse=always", "--reflink=auto", guest("disk"), disk.toString())
                .inheritIO()
                .start();
        assertThat(copy.waitFor()).isZero();
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-------")); // an image is read-only
        return new MachineSpec(
                new VmPlace(id, 77, records, root.resolve("run")),
                VmName.of("memory"),
                1,
                ByteSize.mib(384),
                Subject.guestPart("kernel"),
                Optional.of(Subject.guestPart("initrd")),
                Files.readString(Subject.guestPart("arguments")).strip() + " minions.vm=" + id,
                List.of(new MachineSpec.Disk(disk, DiskFormat.RAW, Optional.empty(), MachineSpec.Access.READ_WRITE)),
                List.of(),
                MachineSpec.Lifetime.DURABLE);
    }

    private static String guest(String part) {
        return Subject.guestPart(part).toString();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        hypervisor.remove(machine.place());
        hypervisor.close();
        HostDirectory.remove(machine.place().records());
        Files.deleteIfExists(root.resolve("disk"));
        assertThat(census.take().moreThan(before)).isEmpty();
    }

    @Test
    void aGuestGoesOnWhileTenConnectionsToItEndAndTenNewOnesAreMade() throws Exception {
        assumeTrue(hypervisor.memorySnapshots().isPresent(), "this hypervisor keeps no memory");
        MemorySnapshots memory = hypervisor.memorySnapshots().orElseThrow();
        Path saved = machine.place().records().resolve("saved");
        List<AgentProcess> open = new ArrayList<>();
        String boot;
        try (Vmm vmm = hypervisor.start(machine)) {
            boot = tell(connect(vmm, 0, BOOT), "echo remembered >/dev/shm/mark; cat /proc/sys/kernel/random/boot_id");
            open.addAll(commands(vmm));
            vmm.pausing().orElseThrow().pause();

            memory.save(machine.place(), saved);

            vmm.kill();
            for (AgentProcess process : open) {
                assertThatExceptionOfType(AgentException.class).isThrownBy(() -> process.waitFor(LIMIT));
            }
        }
        try (Vmm restored = memory.restore(machine, saved)) {
            restored.pausing().orElseThrow().resume();
            AgentClient client = connect(restored, 0, LIMIT);
            assertThat(tell(client, "cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
            assertThat(tell(client, "cat /dev/shm/mark")).isEqualTo("remembered\n");
            Await.until("the guest has ended the commands of those who left", LIMIT, () -> runsNoCat(client));
            client.close();

            assertThat(commands(restored)).hasSize(CONNECTIONS);
            restored.kill();
        }
        HostDirectory.remove(saved);
    }

    private static boolean runsNoCat(AgentClient client) {
        try {
            return tell(client, "grep -lx cat /proc/[0-9]*/comm 2>&-").isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Commands that run until their connection ends, each on one of its own as far as the channel has so many. */
    private List<AgentProcess> commands(Vmm vmm) throws Exception {
        int lanes = vmm.channel().lanes() == 0
                ? CONNECTIONS
                : Math.min(CONNECTIONS, vmm.channel().lanes());
        List<AgentClient> clients = new ArrayList<>();
        List<AgentProcess> processes = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            if (i < lanes) {
                clients.add(connect(vmm, i, LIMIT));
            }
            AgentProcess process = clients.get(i % lanes).start(Command.of("sh", "-c", "echo up; exec cat"), LIMIT);
            assertThat(process.stdout().readNBytes(3)).isEqualTo("up\n".getBytes(StandardCharsets.US_ASCII));
            processes.add(process);
        }
        return processes;
    }

    private AgentClient connect(Vmm vmm, int lane, Duration limit) throws IOException, InterruptedException {
        GuestChannel channel = vmm.channel();
        assertThat(channel.awaitCall(limit)).isTrue();
        return AgentClient.attach(
                channel.framing(),
                each -> channel.open(lane, each),
                Optional.of(machine.place().vm()),
                limit);
    }

    private static String tell(AgentClient client, String script) throws IOException, InterruptedException {
        return client.exec(Command.of("sh", "-c", script), 1000, LIMIT).stdout();
    }
}
