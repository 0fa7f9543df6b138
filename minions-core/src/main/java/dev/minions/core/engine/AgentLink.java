package dev.minions.core.engine;

import dev.minions.Command;
import dev.minions.ExecResult;
import dev.minions.GuestFile;
import dev.minions.GuestProcess;
import dev.minions.GuestStatus;
import dev.minions.agent.client.AgentClient;
import dev.minions.agent.client.AgentException;
import dev.minions.agent.client.IdentityChange;
import dev.minions.agent.client.NetworkSettings;
import dev.minions.core.engine.GuestAgents.Address;
import dev.minions.core.engine.GuestAgents.Identity;
import dev.minions.core.engine.GuestAgents.Link;
import dev.minions.spi.VmRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** One caller's use of a connection to an agent. */
final class AgentLink implements Link {
    /** What {@code exec} keeps of each output, as {@link dev.minions.Vm#exec(Command)} promises. */
    static final int KEPT_OUTPUT = 16 << 20;

    private static final Duration NO_LIMIT = Duration.ofDays(3650);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(30);
    private static final int PRIVATE = 0600;

    private static final int ENTROPY = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** What our agent does by itself, for one that does not know how. */
    private static final String ANEW = "rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup;"
            + " if rm /etc/ssh/ssh_host_*; then ssh-keygen -A; fi";

    private final AgentClient client;
    private final VmRecord vm;
    private final Runnable giveBack;
    private final AtomicBoolean closed = new AtomicBoolean();

    AgentLink(AgentClient client, VmRecord vm, Runnable giveBack) {
        this.client = client;
        this.vm = vm;
        this.giveBack = giveBack;
    }

    /** A call to the agent. */
    @FunctionalInterface
    private interface Call<T> {
        T make() throws IOException, InterruptedException;
    }

    private <T> T call(String what, Call<T> call) {
        try {
            return call.make();
        } catch (InterruptedException e) {
            throw Turns.interrupted(what + " of", vm.id(), e);
        } catch (IOException e) {
            throw AgentLinks.translate(what, vm, e);
        }
    }

    @Override
    public void configure(Identity identity, Duration limit) {
        call("configure the guest", () -> {
            // A process and some files to be made durable, in a guest that is busy booting: at the same time.
            FutureTask<Boolean> network = new FutureTask<>(() -> configureNetwork(identity, limit));
            Thread.ofVirtual().name("minions-network-" + vm.id().shortForm()).start(network);
            try {
                configureIdentity(identity, limit);
                await(network);
            } finally {
                network.cancel(true);
            }
            for (GuestFile file : identity.files()) {
                client.writeFile(file, limit);
            }
            return true;
        });
    }

    private static void await(FutureTask<?> task) throws IOException, InterruptedException {
        try {
            task.get(); // what it does has a limit of its own
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a guest's network", e.getCause());
        }
    }

    private boolean configureNetwork(Identity identity, Duration limit) throws IOException, InterruptedException {
        if (identity.network().isPresent()) {
            Address address = identity.network().get();
            boolean six = !client.legacy(); // an old agent knows one address
            client.configureNetwork(
                    new NetworkSettings(
                            address.cidr(),
                            Optional.of(address.gateway()),
                            address.dns(),
                            address.cidr6().filter(cidr -> six),
                            address.gateway6().filter(gateway -> six)),
                    limit);
        }
        return true;
    }

    private void configureIdentity(Identity identity, Duration limit) throws IOException, InterruptedException {
        if (client.legacy()) {
            configureOldAgent(identity, limit);
        } else {
            IdentityChange change =
                    IdentityChange.none().hostname(identity.hostname()).authorizedKeys(identity.authorizedKeys());
            client.setIdentity(identity.fresh() ? anew(change) : change, limit);
        }
    }

    private static IdentityChange anew(IdentityChange change) {
        byte[] entropy = new byte[ENTROPY];
        RANDOM.nextBytes(entropy);
        return change.newMachineId().newSshHostKeys().entropy(entropy);
    }

    /** Such an agent sets no name: it writes the file, and the guest's own tool does the rest. */
    private void configureOldAgent(Identity identity, Duration limit) throws IOException, InterruptedException {
        client.writeFile(GuestFile.text("/etc/hostname", identity.hostname() + "\n"), limit);
        client.exec(Command.of("hostname", identity.hostname()), KEPT_OUTPUT, limit);
        if (identity.fresh()) {
            client.exec(Command.of("sh", "-c", ANEW), KEPT_OUTPUT, limit);
        }
        List<String> keys = identity.authorizedKeys();
        if (!keys.isEmpty()) {
            byte[] lines = (String.join("\n", keys) + "\n").getBytes(StandardCharsets.UTF_8);
            client.writeFile(
                    GuestFile.bytes("/root/.ssh/authorized_keys", lines).mode(PRIVATE), limit);
        }
    }

    @Override
    public ExecResult exec(Command command) {
        Duration limit = command.timeout().map(ANSWER_MARGIN::plus).orElse(NO_LIMIT);
        return call("run " + command, () -> client.exec(withEnvironment(command), KEPT_OUTPUT, limit));
    }

    @Override
    public GuestProcess start(Command command) {
        String what = "run " + command;
        return new LinkedProcess(this, what, call(what, () -> client.start(withEnvironment(command), START_LIMIT)));
    }

    private Command withEnvironment(Command command) {
        Command full = command;
        for (Map.Entry<String, String> variable : vm.spec().environment().entrySet()) {
            if (!command.environment().containsKey(variable.getKey())) {
                full = full.environment(variable.getKey(), variable.getValue());
            }
        }
        return full;
    }

    @Override
    public GuestStatus status(Duration limit) {
        return call("read the status", () -> client.status(limit));
    }

    @Override
    public boolean shutDown(Duration limit) {
        return call("shut down the guest", () -> {
            try {
                client.powerOff(limit);
                return true;
            } catch (AgentException e) {
                if (e.reason() == AgentException.Reason.UNSUPPORTED) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void freeze(Duration hold, Duration limit) {
        call("freeze the guest", () -> {
            client.freeze(hold, limit);
            return true;
        });
    }

    @Override
    public boolean thaw(Duration limit) {
        return call("thaw the guest", () -> {
            try {
                client.thaw(limit);
                return true;
            } catch (AgentException e) {
                if (e.reason() == AgentException.Reason.REFUSED) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void rename(String hostname, Duration limit) {
        call("rename the guest", () -> {
            client.setIdentity(IdentityChange.none().hostname(hostname), limit);
            return true;
        });
    }

    VmRecord vm() {
        return vm;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            giveBack.run();
        }
    }
}
