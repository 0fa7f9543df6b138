package dev.minions.agent.guest;

import dev.minions.agent.protocol.Protocol;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Set;

/** The agent: finds the ways to the host, serves them, and gives the guest the network it had. */
final class GuestAgent {
    private final GuestRoot root;
    private final Services services;

    GuestAgent(GuestRoot root, String version) {
        this.root = root;
        this.services = new Services(root, version);
    }

    /** Serves until the process ends. */
    void run() throws InterruptedException {
        boolean reachable = serve();
        Threads.start("prepare", services.spawner()::prepare);
        Thread network = Threads.start("network", this::restoreNetwork);
        if (!reachable) {
            awaitDevices();
        }
        network.join();
        Thread.currentThread().join(); // for ever: all others are daemons
    }

    private boolean serve() {
        int ports = Ports.serve(root, services);
        boolean vsock = Files.exists(root.at("/dev/vsock"));
        if (vsock) {
            Threads.start("vsock", this::serveVsock);
        }
        if (ports > 0 || vsock) {
            Log.say("serving " + ports + " ports" + (vsock ? " and vsock" : "") + " after "
                    + services.facts().uptimeMillis() + " ms");
        }
        return ports > 0 || vsock;
    }

    private void serveVsock() {
        VsockServer server = new VsockServer(services, Set.of(Vsock.HOST_CID));
        try {
            server.run(Protocol.AGENT_PORT, listening -> Threads.start("ready-call", server::callHost));
        } catch (IOException e) {
            Log.say("vsock is not served", e);
        }
    }

    private void restoreNetwork() {
        try {
            if (services.network().restore()) {
                Log.say("the network is as the host last set it");
            }
        } catch (IOException e) {
            Log.say("restore the network", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A driver may be loaded after this program: looks again whenever a device appears. */
    private void awaitDevices() throws InterruptedException {
        Log.say("no way to the host yet; waiting for a device");
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            root.at("/dev").register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            while (!serve()) {
                WatchKey key = watch.take();
                key.pollEvents();
                key.reset();
            }
        } catch (IOException e) {
            Log.say("watch for devices", e);
        }
    }
}
