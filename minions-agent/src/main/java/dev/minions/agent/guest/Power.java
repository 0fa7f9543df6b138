package dev.minions.agent.guest;

import java.io.IOException;

/** Tells the guest's init to shut down or to start anew. */
final class Power {
    /** What systemd takes as "start poweroff.target" and "start reboot.target": SIGRTMIN+4 and +5. */
    private static final int SYSTEMD_POWEROFF = 38;

    private static final int SYSTEMD_REBOOT = 39;

    private final GuestRoot root;

    Power(GuestRoot root) {
        this.root = root;
    }

    /** Returns when it was told. A signal reaches systemd at any time of the boot, without D-Bus and in no time. */
    void shutDown(boolean reboot) throws IOException, InterruptedException {
        if ("systemd".equals(root.text("/proc/1/comm"))) {
            ShortCommand.run(
                    "", "sh", "-c", "kill -$0 1", Integer.toString(reboot ? SYSTEMD_REBOOT : SYSTEMD_POWEROFF));
        } else {
            ShortCommand.run("", reboot ? "reboot" : "poweroff");
        }
    }
}
