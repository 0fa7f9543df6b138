package dev.minions.net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.minions.VmId;
import dev.minions.spi.BackendContext;
import dev.minions.spi.MachineSpec.Lifetime;
import dev.minions.spi.Network;
import dev.minions.spi.Network.NicRequest;
import dev.minions.spi.VmPlace;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process that dies while it attaches. Run by {@link LinuxBridgeTest} in a namespace. */
@InNamespace
class KilledCases {
    private static final PrintStream OUT = System.out;
    private static final int TIMES = 12;
    private static final int LONGEST_MILLIS = 60;

    /** Attaches a VM: data directory, VM, its directory. */
    public static void main(String[] arguments) {
        var context = new BackendContext(TestBridge.INSTALLATION, Path.of(arguments[0]), Path.of(arguments[0]));
        try (Network network = LinuxBridge.named("br0").open(context)) {
            Path records = Path.of(arguments[2]);
            var place = new VmPlace(VmId.of(arguments[1]), 9, records, records);
            OUT.println("begin");
            network.attach(new NicRequest(place, "52:54:00:00:00:09", "10.0.0.9", List.of(), Lifetime.DURABLE));
            OUT.println("end");
        }
    }

    private static List<String> host() {
        return List.of(
                TestBridge.run("ip", "-o", "link").replaceAll("(?m)^\\d+: |<.*?>|state \\w+", ""),
                TestBridge.run("ip", "neigh", "show", "nud", "permanent"),
                TestBridge.run("bridge", "fdb"),
                TestBridge.run("nft", "list", "ruleset"));
    }

    @Test
    void anotherRemovesWhatItHadMadeAndWhatItStillMakes() throws Exception {
        var random = new Random(1);
        try (TestBridge host = new TestBridge()) {
            List<String> before = host();
            for (int i = 0; i < TIMES; i++) {
                VmPlace place = host.newPlace(VmId.random());
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledCases.class.getName(),
                                host.context.dataDirectory().toString(),
                                place.vm().toString(),
                                place.records().toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                assertThat(process.inputReader().readLine()).isEqualTo("begin");
                process.waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
                process.destroyForcibly().waitFor();

                host.network().detach(place);

                assertThat(host()).as("time %d", i).isEqualTo(before);
            }
        }
    }
}
