package dev.minions.agent.protocol;

import java.io.IOException;

/**
 * What came is not the protocol: a frame that lies about its length, JSON that is none, a field of the wrong kind. Where
 * the next frame begins is then unknown if a frame was at fault, and known if only its content was.
 */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Made where the bytes are read.
     *
     * @param message one sentence with the numbers
     */
    public ProtocolException(String message) {
        super(message);
    }

    /**
     * The same with what the JSON reader said.
     *
     * @param message one sentence with the numbers
     * @param cause what was found below
     */
    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
