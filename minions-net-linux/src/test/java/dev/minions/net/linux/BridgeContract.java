package dev.minions.net.linux;

import dev.minions.HostReport.Finding;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Network;
import dev.minions.spi.process.HostCommand;
import dev.minions.testkit.NetworkContract;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/** The contract of networks. Run by {@link LinuxBridgeTest} in a namespace. */
@InNamespace
class BridgeContract extends NetworkContract {
    /** The contract's data directory is another one for each test: the host is set up for it when it is first opened. */
    @Override
    protected BackendFactory<Network> factory() {
        LinuxBridge bridge = LinuxBridge.named("br0");
        return new BackendFactory<>() {
            @Override
            public BackendId id() {
                return bridge.id();
            }

            @Override
            public List<Finding> probe() {
                return bridge.probe();
            }

            @Override
            public Network open(BackendContext context) {
                if (!Files.exists(context.dataDirectory().resolve("bridge-br0"))) {
                    HostCommand.of("ip", "link", "del", "br0").outcome();
                    HostCommand.of("nft", "flush", "ruleset").run();
                    bridge.init(context);
                }
                return bridge.open(context);
            }
        };
    }

    @Override
    protected List<String> onHost(BackendContext context) {
        return Stream.of(
                        HostCommand.of("ip", "-o", "link"),
                        HostCommand.of("ip", "-4", "neigh", "show", "nud", "permanent"),
                        HostCommand.of("ip", "-6", "neigh", "show", "nud", "permanent"),
                        HostCommand.of("bridge", "fdb"),
                        HostCommand.of("nft", "list", "ruleset"))
                .flatMap(command -> command.run().stdout().lines())
                // A bridge's flags say whether it has a device that is up.
                .map(line -> line.replaceAll("^\\d+: |<.*?>|state \\w+", ""))
                .toList();
    }
}
