package dev.minions.spi.process;

/** How a process on the host ended. */
public sealed interface ProcessExit {
    /**
     * It exited by itself.
     *
     * @param code 0 to 255
     */
    record Exited(int code) implements ProcessExit {
        @Override
        public String toString() {
            return "exit code " + code;
        }
    }

    /**
     * A signal ended it. A program that exits by itself with 128 and the number of a signal looks the same, as it does
     * to a shell.
     *
     * @param signal the signal's number, 1 to 64
     */
    record Signalled(int signal) implements ProcessExit {
        @Override
        public String toString() {
            return "signal " + signal;
        }
    }

    /** It has ended and nobody knows how: the launcher that waited for it was ended before it, or the host went down. */
    record Unknown() implements ProcessExit {
        @Override
        public String toString() {
            return "unknown";
        }
    }
}
