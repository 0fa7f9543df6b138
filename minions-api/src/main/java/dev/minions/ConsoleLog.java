package dev.minions;

import java.io.InputStream;

/**
 * What the guest wrote to its serial console: kernel messages, then whatever the guest prints there. Kept while the
 * VM exists, with nobody reading too, up to the last 1 to 2 MiB. The bytes are the guest's and are not to be trusted:
 * they may hold terminal control sequences.
 */
public interface ConsoleLog {
    /** Everything that is kept, as UTF-8; what is not UTF-8 is replaced. */
    String text();

    /**
     * The last lines.
     *
     * @param lines how many, 0 or more
     */
    String tail(int lines);

    /**
     * Everything that is kept and then what comes, until the VM has no process or the stream is closed. A read blocks
     * until there is something; it is meant for a thread of its own.
     */
    InputStream follow();
}
