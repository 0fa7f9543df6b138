package dev.minions.cli;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;

/** Exit codes. */
final class Exit {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** For commands that pass the guest's code on: a failure that is ours and not the guest's. */
    static final int OURS = 125;

    static final int NOT_EXECUTABLE = 126;
    static final int NOT_FOUND = 127;

    /** What a shell adds to the number of the signal that ended a program. */
    static final int SIGNAL = 128;

    /** As if the signal for writing to nobody had ended us. */
    static final int NOBODY_READS = SIGNAL + 13;

    private Exit() {}

    /** The code for a failure of a command that passes the guest's code on. */
    static int ofGuestCommand(MinionsException failure) {
        if (failure.code() == ErrorCode.GUEST_COMMAND_NOT_FOUND) {
            return NOT_FOUND;
        }
        return failure.code() == ErrorCode.GUEST_COMMAND_NOT_EXECUTABLE ? NOT_EXECUTABLE : OURS;
    }
}
