package dev.minions.agent.guest;

import java.lang.module.ModuleDescriptor;

/** The guest's program. Takes no arguments: what it needs to know is in the guest. */
public final class AgentMain {
    private AgentMain() {}

    /** Serves until the process is ended. */
    public static void main(String[] args) throws InterruptedException {
        new GuestAgent(GuestRoot.real(), version()).run();
    }

    static String version() {
        ModuleDescriptor module = AgentMain.class.getModule().getDescriptor();
        return module == null ? "unknown" : module.rawVersion().orElse("unknown");
    }
}
