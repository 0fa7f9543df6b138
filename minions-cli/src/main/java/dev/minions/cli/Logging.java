package dev.minions.cli;

/** How much is logged. Logs go to standard error, and each line of an operation carries its id. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private Logging() {}

    /**
     * Sets it, before anything logs; what was set for the JVM stays.
     *
     * @param verbosity 0 for warnings, 1 for what is done, 2 for everything
     */
    static void set(int verbosity) {
        if (verbosity > 0 || System.getProperty(PREFIX + "defaultLogLevel") == null) {
            System.setProperty(PREFIX + "defaultLogLevel", level(verbosity));
        }
        setUnlessSet("showDateTime", "true");
        setUnlessSet("dateTimeFormat", "HH:mm:ss.SSS");
        setUnlessSet("showThreadName", "false");
        setUnlessSet("showShortLogName", "true");
    }

    private static String level(int verbosity) {
        return switch (verbosity) {
            case 0 -> "warn";
            case 1 -> "info";
            default -> "debug";
        };
    }

    private static void setUnlessSet(String name, String value) {
        if (System.getProperty(PREFIX + name) == null) {
            System.setProperty(PREFIX + name, value);
        }
    }
}
