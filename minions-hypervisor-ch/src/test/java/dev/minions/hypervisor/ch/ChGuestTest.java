package dev.minions.hypervisor.ch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.minions.agent.client.AgentClient;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.GuestChannel;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Vmm;
import dev.minions.testkit.Await;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a guest says and does, and what is known of it from outside. */
class ChGuestTest extends ChCase {
    private static final FakeCloudHypervisor SOUND = FakeCloudHypervisor.of(Release.V53);
    private static final Duration SHORT = Duration.ofMillis(600);

    @Test
    void aGuestThatCallsIsUpWhenItCalls() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("guest.boot-millis=300"))) {
            assertThat(vmm.channel().awaitCall(Duration.ofMillis(50))).isFalse();
            assertThat(vmm.channel().awaitCall(SOON)).isTrue();
            awaitUp(vmm);
        }
    }

    @Test
    void aGuestWhoseAgentDoesNotCallIsFoundByTrying() throws Exception {
        try (Vmm vmm = hypervisor(SOUND).start(machine("guest.silent guest.boot-millis=200 guest.agent-millis=100"))) {
            awaitUp(vmm);
            assertHealthy(vmm.channel());
        }
    }

    @Test
    void whoComesLaterFindsAGuestThatHasLongCalled() throws Exception {
        MachineSpec machine = machine("quiet");
        Hypervisor hypervisor = hypervisor(SOUND);
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitUp(vmm);
        }
        try (Vmm later = hypervisor.find(machine.place()).orElseThrow()) {
            awaitUp(later);
            assertHealthy(later.channel());
        }
    }

    @Test
    void whereNobodyListensTheTimeIsKept() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("guest.agentless"))) {
            assertTimesOut(vmm);
        }
    }

    @Test
    void whereNothingIsEverAnsweredTheTimeIsKept() throws IOException {
        try (Vmm vmm = hypervisor(SOUND).start(machine("guest.driverless"))) {
            assertTimesOut(vmm);
        }
    }

    private static void assertTimesOut(Vmm vmm) {
        assertThat(vmm.channel().awaitCall(SHORT)).isFalse();
        long began = System.nanoTime();
        assertThatExceptionOfType(MinionsException.class)
                .isThrownBy(() -> vmm.channel().open(0, SHORT))
                .returns(ErrorCode.AGENT_TIMEOUT, MinionsException::code);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(SHORT, Duration.ofSeconds(5));
    }

    @Test
    void aGuestThatRebootsItselfIsReachedAgainInTheSameProcess() throws Exception {
        MachineSpec machine = machine("guest.reboots-once");
        Hypervisor hypervisor = hypervisor(SOUND);
        try (Vmm vmm = hypervisor.start(machine)) {
            long pid = vmm.pid().orElseThrow();
            awaitUp(vmm);
            assertHealthy(vmm.channel());
            assertThat(vmm.pid()).hasValue(pid);
            awaitConsole(hypervisor, machine, UP);
            assertThat(console(hypervisor, machine).split("Linux version", -1))
                    .as("both boots are in the console's log")
                    .hasSize(3);
        }
    }

    @Test
    void aGuestThatPowersItselfOffIsNoFailure() throws IOException {
        MachineSpec machine = machine("guest.boot-millis=1");
        Hypervisor hypervisor = hypervisor(SOUND);
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitUp(vmm);
            awaitConsole(hypervisor, machine, UP);
            vmm.pressPowerButton();
            assertThat(vmm.awaitExit(SOON)).hasValueSatisfying(exit -> {
                assertThat(exit.cause()).isEqualTo(Vmm.Cause.GUEST_POWERED_OFF);
                assertThat(exit.code()).hasValue(0);
            });
        }
    }

    @Test
    void aDiskThatIsNotSaidToBeRawWouldNotBootWhichIsWhyItAlwaysIs() throws IOException {
        MachineSpec machine = machine("quiet", List.of(disk("disk")));

        assertThat(new MachineConfig(machine, ChVersion.parse("v53.0"), PRETENDED)
                        .json()
                        .path("disks")
                        .get(0)
                        .path("image_type")
                        .asString(""))
                .isEqualTo("Raw");
        try (Vmm vmm = hypervisor(SOUND).start(machine)) {
            awaitUp(vmm);
        }
    }

    /** Before v53 what is written while nobody is connected is lost; the reader is there from before the boot. */
    @ParameterizedTest
    @EnumSource(Release.class)
    void theConsoleIsKeptFromTheFirstLineOnWithNobodyHome(Release release) throws IOException {
        MachineSpec machine = machine("quiet");
        Hypervisor hypervisor = hypervisor(FakeCloudHypervisor.of(release));
        hypervisor.start(machine).close();

        awaitConsole(hypervisor, machine, UP);

        assertThat(console(hypervisor, machine)).contains("Linux version", "console=ttyS0 quiet");
    }

    @Test
    void severalClientsShareTheConsole() throws IOException {
        MachineSpec machine = machine("quiet");
        Hypervisor hypervisor = hypervisor(SOUND);
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitConsole(hypervisor, machine, UP);
            Path console = new ChFiles(machine.place()).consoleSocket();
            assertThat(vmm.paths()).containsEntry("console", console);
            try (SocketChannel first = connect(console);
                    SocketChannel second = connect(console)) {
                Await.until("what one types all see", SOON, () -> {
                    write(first, "hello\n");
                    return read(second).contains("guest read: hello");
                });
                assertThat(read(first)).contains("guest read: hello");
            }
            awaitConsole(hypervisor, machine, "guest read: hello");
        }
    }

    private static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(java.net.UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        return channel;
    }

    private static void write(SocketChannel channel, String text) {
        try {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            channel.read(buffer);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Test
    void theConsolesReaderEndsWithTheVmmAlsoWhenItsLauncherIsGone() throws Exception {
        MachineSpec machine = machine("quiet");
        Hypervisor hypervisor = hypervisor(SOUND);
        try (Vmm vmm = hypervisor.start(machine)) {
            awaitConsole(hypervisor, machine, UP);
            ProcessHandle process = ProcessHandle.of(vmm.pid().orElseThrow()).orElseThrow();
            process.parent().orElseThrow().destroyForcibly();
            process.destroyForcibly();

            Await.until(
                    "the reader has gone",
                    SOON,
                    () -> ProcessHandle.allProcesses()
                            .map(each -> each.info().commandLine().orElse(""))
                            .noneMatch(line -> Pattern.compile("perl - serial console")
                                            .matcher(line)
                                            .find()
                                    && line.contains(machine.place().run().toString())));
            assertThat(vmm.awaitExit(SOON)).isPresent();
        }
    }

    private static void assertHealthy(GuestChannel channel) throws Exception {
        try (AgentClient client =
                AgentClient.attach(channel.framing(), limit -> channel.open(0, limit), Optional.empty(), SOON)) {
            assertThat(client.health(SOON).hostname()).isNotBlank();
        }
    }
}
