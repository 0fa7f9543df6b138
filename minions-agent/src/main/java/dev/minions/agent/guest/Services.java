package dev.minions.agent.guest;

import dev.minions.agent.protocol.Answer;
import dev.minions.agent.protocol.Failure;
import dev.minions.agent.protocol.Request;
import java.io.IOException;

/** What the agent can do, whoever asks: one method for each request that is not about a running command. */
final class Services {
    private final GuestFacts facts;
    private final Spawner spawner;
    private final GuestNetwork network;
    private final GuestFiles files;
    private final GuestIdentity identity;
    private final StatusReport status;
    private final Power power;
    private final Freezer freezer;

    Services(GuestRoot root, String version) {
        this.facts = new GuestFacts(root, version);
        this.spawner = new Spawner(root);
        this.network = new GuestNetwork(root, facts);
        this.files = new GuestFiles(root);
        this.identity = new GuestIdentity(root, files);
        this.status = new StatusReport(root, facts);
        this.power = new Power(root);
        this.freezer = new Freezer(root);
    }

    GuestFacts facts() {
        return facts;
    }

    Spawner spawner() {
        return spawner;
    }

    GuestNetwork network() {
        return network;
    }

    /**
     * Does what is asked. A chain of tests and no switch over types: its machinery costs an emulated guest a tenth of a
     * second at the first use.
     */
    Answer fulfil(Request request) throws GuestFailure, IOException, InterruptedException {
        if (request instanceof Request.HealthCheck) {
            return facts.health();
        } else if (request instanceof Request.Hello) {
            return facts.identity();
        } else if (request instanceof Request.ReportStatus) {
            return status.measure();
        } else if (request instanceof Request.ConfigureNetwork configure) {
            return new Answer.Done(network.configure(configure));
        } else if (request instanceof Request.WriteFile write) {
            files.write(write);
            return new Answer.Done("wrote " + write.content().length + " bytes to '" + write.path() + "'");
        } else if (request instanceof Request.ReadFile read) {
            return files.read(read);
        } else if (request instanceof Request.SetIdentity change) {
            identity.change(change);
            return new Answer.Done(null);
        } else if (request instanceof Request.SyncTime time) {
            identity.setTime(time.unixMillis());
            return new Answer.Done(null);
        }
        return fulfilPower(request);
    }

    private Answer fulfilPower(Request request) throws GuestFailure, IOException, InterruptedException {
        if (request instanceof Request.Shutdown shutdown) {
            power.shutDown(shutdown.reboot());
            return new Answer.Done(null);
        } else if (request instanceof Request.Freeze freeze) {
            freezer.freeze(freeze.holdMillis());
            return new Answer.Done(null);
        } else if (request instanceof Request.Thaw) {
            freezer.thaw();
            return new Answer.Done(null);
        }
        throw new GuestFailure(Failure.UNKNOWN_TYPE, "'" + request.type() + "' is not done here");
    }
}
