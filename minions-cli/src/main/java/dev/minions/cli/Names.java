package dev.minions.cli;

import dev.minions.error.MinionsException;
import java.util.List;
import java.util.function.Consumer;

/** Does something to each of several named things, in order. One failure does not keep the others from their turn. */
final class Names {
    private Names() {}

    /** Returns the exit code of the first failure, or 0. A signal ends the row. */
    static int each(Session session, Consumer<String> action) {
        return each(session, session.given().operands(), action);
    }

    /** The same for others than those that were typed. */
    static <T> int each(Session session, List<T> names, Consumer<T> action) {
        int code = Exit.OK;
        for (int i = 0; i < names.size(); i++) {
            if (i > 0 && session.signals().received() != 0) {
                return Exit.SIGNAL + session.signals().received();
            }
            try {
                action.accept(names.get(i));
            } catch (MinionsException | IllegalArgumentException failure) {
                if (session.signals().received() != 0) {
                    throw failure;
                }
                int own = tell(session.failures(), failure);
                code = code == Exit.OK ? own : code;
            }
        }
        return code;
    }

    private static int tell(Failures failures, RuntimeException failure) {
        if (failure instanceof MinionsException ours) {
            failures.tell(ours);
            return Exit.FAILED;
        }
        failures.usage((IllegalArgumentException) failure);
        return Exit.USAGE;
    }
}
