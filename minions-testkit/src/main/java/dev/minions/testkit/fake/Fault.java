package dev.minions.testkit.fake;

import dev.minions.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in a call of a fake, and when. Immutable; the methods return a changed copy.
 *
 * @see FakeHost#failing(FakeCall, Fault)
 */
public final class Fault {
    /** Which moment of a call it is that something goes wrong. */
    public enum Moment {
        /** Nothing has been done. */
        BEFORE,
        /** Something half-made lies on the host. */
        HALFWAY,
        /** All has been done, and the caller does not learn of it. */
        AFTER
    }

    private final @Nullable ErrorCode error;
    private final Moment moment;
    private final int call;

    private Fault(@Nullable ErrorCode error, Moment moment, int call) {
        this.error = error;
        this.moment = moment;
        this.call = call;
    }

    /** Every call throws that error, before anything is done. */
    public static Fault error(ErrorCode code) {
        return new Fault(code, Moment.BEFORE, 0);
    }

    /** Every call stands still, before anything is done, until its thread is interrupted or the host is mended. */
    public static Fault hanging() {
        return new Fault(null, Moment.BEFORE, 0);
    }

    /** The same in that moment of the call. */
    public Fault at(Moment newMoment) {
        return new Fault(error, newMoment, call);
    }

    /**
     * The same in one call only.
     *
     * @param number which, counted from 1 when the fault was set
     */
    public Fault onCall(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("calls are counted from 1, got " + number);
        }
        return new Fault(error, moment, number);
    }

    @Nullable
    ErrorCode error() {
        return error;
    }

    boolean strikes(Moment now, int number) {
        return now == moment && (call == 0 || call == number);
    }

    @Override
    public String toString() {
        return (error == null ? "hanging" : error.text()) + " " + moment + (call == 0 ? "" : " on call " + call);
    }
}
