package dev.minions.agent.protocol;

import java.time.Duration;

/** The numbers and words that both sides must agree on and that belong to no single message. */
public final class Protocol {
    /** The version of what goes beyond the requests that existing agents and hosts know. */
    public static final int VERSION = 1;

    /** The vsock port on which the agent listens. */
    public static final int AGENT_PORT = 1024;

    /** The vsock port of the host, CID 2, to which an agent says that it is ready. */
    public static final int READY_PORT = 1025;

    /** What the names of the virtio-serial ports begin with; a number from 0 follows. */
    public static final String PORT_PREFIX = "dev.minions.";

    /** How long one frame may take from its first byte to its last. */
    public static final Duration FRAME_PATIENCE = Duration.ofSeconds(30);

    /** How many bytes of each stream of a command may be on their way without having been read. */
    public static final int STREAM_WINDOW = 256 * 1024;

    /** {@code exec_start} and its streams. */
    public static final String STREAMS = "streams";

    /** {@code read_file}, and {@code write_file} of bytes that are no text. */
    public static final String FILES = "files";

    /** {@code set_identity} and {@code sync_time}. */
    public static final String IDENTITY = "identity";

    /** {@code shutdown}. */
    public static final String SHUTDOWN = "shutdown";

    /** {@code freeze} and {@code thaw}. */
    public static final String FREEZE = "freeze";

    private Protocol() {}
}
