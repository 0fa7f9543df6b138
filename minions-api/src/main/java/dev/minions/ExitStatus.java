package dev.minions;

/** How a command in a guest ended. */
public sealed interface ExitStatus {
    /** What a shell reports for a command whose time ran out, as {@code timeout(1)} does. */
    int TIMEOUT_CODE = 124;

    /** What a shell adds to the number of the signal that ended a command. */
    int SIGNAL_BASE = 128;

    /** The number a shell would report: 0 to 255. */
    int shellCode();

    /** It exited by itself. */
    static ExitStatus exited(int code) {
        return new Exited(code);
    }

    /**
     * It exited by itself.
     *
     * @param code 0 to 255
     */
    record Exited(int code) implements ExitStatus {
        @Override
        public int shellCode() {
            return code;
        }

        @Override
        public String toString() {
            return "exit " + code;
        }
    }

    /**
     * A signal ended it.
     *
     * @param signal the signal's number in the guest, 1 or more
     */
    record Signalled(int signal) implements ExitStatus {
        @Override
        public int shellCode() {
            return SIGNAL_BASE + signal;
        }

        @Override
        public String toString() {
            return "signal " + signal;
        }
    }

    /** Its time limit passed, and it was ended with everything it had started. */
    record TimedOut() implements ExitStatus {
        @Override
        public int shellCode() {
            return TIMEOUT_CODE;
        }

        @Override
        public String toString() {
            return "timed out";
        }
    }
}
