package dev.minions.error;

/**
 * One thing that undoing left behind, attached as suppressed to the {@link MinionsException} of the operation. The
 * journal keeps it open, and the next recovery tries again.
 */
public final class LeftoverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param what the thing left behind, for example {@code volume 'root' of vm 0198…}
     * @param cause why it could not be removed
     */
    public LeftoverException(String what, Throwable cause) {
        super(what, cause);
    }
}
