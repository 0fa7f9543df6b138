package dev.minions.agent.guest;

import dev.minions.agent.protocol.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Finds the ports that are for this agent. The kernel's names are read, so that udev need not have run. */
final class Ports {
    private Ports() {}

    /** Serves all that are there; how many. */
    static int serve(GuestRoot root, Services services) {
        String[] devices = root.at("/sys/class/virtio-ports").toFile().list();
        if (devices == null) {
            return 0;
        }
        Arrays.sort(devices);
        int served = 0;
        for (String device : devices) {
            String name = root.text("/sys/class/virtio-ports/" + device + "/name");
            if (name != null && name.startsWith(Protocol.PORT_PREFIX)) {
                served += serve(name, root.at("/dev/" + device), services) ? 1 : 0;
            }
        }
        return served;
    }

    private static boolean serve(String name, Path path, Services services) {
        try {
            new PortServer(name, PortDevice.open(path), services).start();
            return true;
        } catch (IOException e) {
            Log.say("open port " + name + " at " + path, e);
            return false;
        }
    }
}
