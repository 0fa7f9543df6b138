package dev.minions.hypervisor.qemu;

import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.Network;
import dev.minions.spi.process.HostCommand;
import dev.minions.spi.process.HostProgram;
import dev.minions.spi.process.HostUser;
import dev.minions.testkit.NetworkContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it counts what the whole host has of the network")
class UserNetworkContractTest extends NetworkContract {
    @Override
    protected BackendFactory<Network> factory() {
        return UserNetwork.onThisHost();
    }

    /** Directories, processes, and, where it may be looked at, the table of rules. */
    @Override
    protected List<String> onHost(BackendContext context) {
        var found = new ArrayList<String>();
        String prefix = new PasstFiles.Naming(context.installation()).prefix();
        try (Stream<Path> directories = Files.list(Path.of("/tmp"))) {
            directories
                    .map(Path::toString)
                    .filter(path -> path.contains(prefix))
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ProcessHandle.allProcesses()
                .filter(UserNetworkContractTest::isOfTheContract)
                .forEach(process -> found.add("process " + process.pid()));
        if (HostUser.isRoot() && HostProgram.find("nft").isPresent()) {
            HostCommand.of("nft", "-n", "list", "ruleset")
                    .outcome()
                    .stdout()
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.contains(context.installation()) || line.startsWith("elements = { 20132"))
                    .forEach(found::add);
        }
        return found;
    }

    /** passt goes to a directory of its own; its user remains. The contract's VMs have the first CIDs. */
    private static boolean isOfTheContract(ProcessHandle process) {
        try {
            int uid = (Integer) Files.getAttribute(Path.of("/proc/" + process.pid()), "unix:uid");
            return uid >= HostUser.FIRST_NETWORK && uid < HostUser.FIRST_NETWORK + 1000;
        } catch (IOException e) {
            return false;
        }
    }
}
