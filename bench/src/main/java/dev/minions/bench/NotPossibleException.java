package dev.minions.bench;

/** This host lacks what a benchmark needs; the message says what. */
final class NotPossibleException extends Exception {
    private static final long serialVersionUID = 1;

    NotPossibleException(String message) {
        super(message);
    }
}
