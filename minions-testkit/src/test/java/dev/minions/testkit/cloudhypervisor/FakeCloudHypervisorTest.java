package dev.minions.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.spi.process.UnixStream;
import dev.minions.testkit.Await;
import dev.minions.testkit.cloudhypervisor.FakeCloudHypervisor.Release;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the recording does not show: other releases, and what goes wrong on purpose. */
class FakeCloudHypervisorTest {
    private final List<FakeRun> runs = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void endAll() {
        runs.forEach(FakeRun::close);
    }

    private FakeRun start(FakeCloudHypervisor fake) throws IOException {
        Files.writeString(directory.resolve("kernel"), "");
        var run = new FakeRun(fake.installIn(directory), directory, "vmm" + runs.size());
        runs.add(run);
        return run;
    }

    private FakeRun boot(FakeCloudHypervisor fake, String words) throws IOException {
        FakeRun run = start(fake);
        assertThat(run.call("PUT", "vm.create", config(words)).status()).startsWith("HTTP/1.1 204");
        assertThat(run.call("PUT", "vm.boot", "").status()).startsWith("HTTP/1.1 204");
        return run;
    }

    private String config(String words) {
        return "{\"payload\":{\"kernel\":\"" + directory + "/kernel\",\"cmdline\":\"" + words
                + "\"},\"vsock\":{\"cid\":3,"
                + "\"socket\":\"" + vsock() + "\"},\"serial\":{\"mode\":\"Socket\",\"socket\":\"" + directory
                + "/serial\"},\"console\":{\"mode\":\"Off\"},\"pvpanic\":true}";
    }

    private Path vsock() {
        return directory.resolve("vsock");
    }

    @Test
    void aFieldThatItDoesNotKnowIsAnErrorUnlessItIsLenient() throws IOException {
        String body = "{\"payload\":{\"kernel\":\"/k\"},\"disks\":[{\"path\":\"/d\",\"imagetype\":\"Raw\"}]}";

        assertThat(start(FakeCloudHypervisor.of(Release.V53)).call("PUT", "vm.create", body))
                .satisfies(answer -> assertThat(answer.status()).startsWith("HTTP/1.1 400"))
                .satisfies(answer -> assertThat(answer.body()).contains("unknown field `imagetype` of DiskConfig"));
        assertThat(start(FakeCloudHypervisor.of(Release.V53).lenient())
                        .call("PUT", "vm.create", body)
                        .status())
                .startsWith("HTTP/1.1 204");
    }

    @Test
    void aFieldOfALaterReleaseIsUnknownToAnEarlierOne() throws IOException {
        String body = "{\"payload\":{\"kernel\":\"/k\"},\"platform\":{\"system_uuid\":\"u\"}}";

        assertThat(start(FakeCloudHypervisor.of(Release.V52))
                        .call("PUT", "vm.create", body)
                        .body())
                .contains("unknown field `system_uuid` of PlatformConfig in release 52");
        assertThat(start(FakeCloudHypervisor.of(Release.V53))
                        .call("PUT", "vm.create", body)
                        .status())
                .startsWith("HTTP/1.1 204");
    }

    @Test
    void beforeRelease53WhatIsNotThereIs500AndWhatIsNotSetIsNull() throws IOException {
        FakeRun run = start(FakeCloudHypervisor.of(Release.V51));

        assertThat(run.call("GET", "vm.info", "").status()).startsWith("HTTP/1.1 500");
        run.call("PUT", "vm.create", "{\"payload\":{\"kernel\":\"/k\"}}");
        assertThat(run.call("GET", "vm.info", "").body())
                .contains("\"disks\":null", "\"initramfs\":null")
                .doesNotContain("lock_granularity");
    }

    @Test
    void beforeRelease53ASocketThatWasLeftKeepsItFromStarting() throws IOException {
        start(FakeCloudHypervisor.of(Release.V51)).close();
        Path left = runs.get(0).socket();
        assertThat(left).exists();
        runs.clear();

        FakeRun second = start(FakeCloudHypervisor.of(Release.V51));
        assertThat(second.awaitExit()).isEqualTo(1);
        runs.clear();
        assertThat(start(FakeCloudHypervisor.of(Release.V53))
                        .call("GET", "vmm.ping", "")
                        .body())
                .contains("\"version\":\"53.0.0\"");
    }

    @Test
    void whileOneRequestTakesItsTimeNoOtherIsAnswered() throws Exception {
        FakeRun run =
                start(FakeCloudHypervisor.of(Release.V53).with("vm.delete", ApiFault.delay(Duration.ofMillis(500))));
        try (var slow = UnixStream.connect(run.socket(), deadline());
                var other = new FakeClient(run.socket())) {
            slow.write("PUT /api/v1/vm.delete HTTP/1.1\r\n\r\n", deadline());
            Await.until("it is under way", FakeRun.LIMIT, () -> isBusy(run));
            other.call("GET", "vmm.ping", "");
            assertThat(slow.readLine(deadline())).as("answered before").startsWith("HTTP/1.1 204");
        }
    }

    private static boolean isBusy(FakeRun run) {
        try (UnixStream stream = UnixStream.connect(run.socket(), deadline())) {
            stream.write("GET /api/v1/vmm.ping HTTP/1.1\r\n\r\n", deadline());
            stream.readLine(System.nanoTime() + Duration.ofMillis(50).toNanos());
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long deadline() {
        return System.nanoTime() + FakeRun.LIMIT.toNanos();
    }

    @Test
    void itDiesAtTheMomentItIsTold() throws Exception {
        FakeRun run = start(FakeCloudHypervisor.of(Release.V53)
                .with("vmm.ping", ApiFault.death().onCall(2)));

        assertThat(run.call("GET", "vmm.ping", "").status()).startsWith("HTTP/1.1 200");
        org.assertj.core.api.Assertions.assertThatIOException().isThrownBy(() -> run.call("GET", "vmm.ping", ""));
        assertThat(run.awaitExit()).isEqualTo(137);
    }

    @Test
    void thePowerButtonIsLostOnAGuestThatBoots() throws Exception {
        FakeRun run = boot(FakeCloudHypervisor.of(Release.V53), "guest.boot-millis=300");
        assertThat(run.call("PUT", "vm.power-button", "").status()).startsWith("HTTP/1.1 204");
        run.awaitEvent("virtio-device activated _vsock0");
        Await.until("it is up", FakeRun.LIMIT, () -> answers(1024));
        assertThat(run.process().isAlive()).isTrue();

        run.call("PUT", "vm.power-button", "");
        assertThat(run.awaitExit()).isZero();
        assertThat(run.events()).endsWith("vm shutdown", "vm deleted", "vmm shutdown");
        assertThat(vsock()).doesNotExist();
    }

    @Test
    void theBridgeIsSilentInEveryFailure() throws Exception {
        FakeRun run = boot(FakeCloudHypervisor.of(Release.V53), "guest.boot-millis=300");
        try (UnixStream early = UnixStream.connect(vsock(), deadline())) {
            early.write("CONNECT 1024\n", deadline());
            org.assertj.core.api.Assertions.assertThatExceptionOfType(SocketTimeoutException.class)
                    .as("before the driver is there")
                    .isThrownBy(() -> early.readLine(
                            System.nanoTime() + Duration.ofMillis(50).toNanos()));
            run.awaitEvent("virtio-device activated _vsock0");
            Await.until("the agent listens", FakeRun.LIMIT, () -> answers(1024));
        }
        assertThat(FakeRun.connect(vsock(), 9)).as("a port that nobody has").isEmpty();
        run.call("PUT", "vm.pause", "");
        try (UnixStream paused = UnixStream.connect(vsock(), deadline())) {
            paused.write("CONNECT 1024\n", deadline());
            org.assertj.core.api.Assertions.assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> paused.readLine(
                            System.nanoTime() + Duration.ofMillis(50).toNanos()));
            run.call("PUT", "vm.resume", "");
            assertThat(paused.readLine(deadline())).startsWith("OK ");
        }
    }

    private boolean answers(int port) {
        try {
            return FakeRun.connect(vsock(), port).startsWith("OK ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void theSerialPortHasOneClientAndTheNextCutsItOff() throws Exception {
        boot(FakeCloudHypervisor.of(Release.V53), "quiet");
        try (UnixStream first = UnixStream.connect(directory.resolve("serial"), deadline())) {
            assertThat(first.readLine(deadline())).contains("Linux version");
            try (UnixStream second = UnixStream.connect(directory.resolve("serial"), deadline())) {
                Await.until("the first is cut off", FakeRun.LIMIT, () -> isCutOff(first));
                second.write("x", deadline());
                assertThat(readUntil(second, "guest read: x")).contains("guest read: x");
            }
        }
    }

    private static boolean isCutOff(UnixStream stream) {
        try {
            stream.readLine(deadline());
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static String readUntil(UnixStream stream, String wanted) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf(wanted) < 0) {
            text.append((char) stream.readBytes(1, deadline())[0]);
        }
        return text.toString();
    }

    @Test
    void aPanicIsReportedAndTheMachineStaysAsItIs() throws IOException {
        FakeRun run = boot(FakeCloudHypervisor.of(Release.V53), "guest.panics");

        run.awaitEvent("guest panic ");
        assertThat(run.call("GET", "vm.info", "").body()).contains("\"state\":\"Running\"");
    }
}
