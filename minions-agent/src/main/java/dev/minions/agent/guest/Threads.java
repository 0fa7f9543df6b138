package dev.minions.agent.guest;

/** The agent's threads: of the platform, since what they wait for is files, and with small stacks. */
final class Threads {
    private static final long STACK = 160 * 1024;

    private Threads() {}

    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, STACK);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
