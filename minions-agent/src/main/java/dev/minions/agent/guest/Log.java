package dev.minions.agent.guest;

/** What the agent has to say, on standard error, for the guest's journal. Never a secret. */
final class Log {
    private Log() {}

    @SuppressWarnings("SystemOut") // the journal adds time and name; a logging library would add memory and start-up
    static void say(String message) {
        System.err.println(message);
    }

    static void say(String doing, Throwable problem) {
        say(doing + ": " + problem);
    }
}
