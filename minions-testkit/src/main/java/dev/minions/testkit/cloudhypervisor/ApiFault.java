package dev.minions.testkit.cloudhypervisor;

import java.time.Duration;

/**
 * What goes wrong with one request to a {@link FakeCloudHypervisor}. Immutable; each method gives a changed copy.
 *
 * @param deed what happens
 * @param moment when, seen from the request
 * @param number in milliseconds how late, or which status
 * @param call the how manieth request of that kind, from 1; 0 for every one
 */
public record ApiFault(Deed deed, Moment moment, int number, int call) {
    /** What happens. */
    public enum Deed {
        /** The process is gone, as after {@code kill -9}. */
        DIE,
        /** There is no answer, to this request and to every later one: the one thread that serves them hangs. */
        STALL,
        /** The answer is late, and so is that to whoever asks meanwhile. */
        DELAY,
        /** The answer is an error. */
        REFUSE,
        /** The answer is no HTTP. */
        RUBBISH
    }

    /** When it happens. */
    public enum Moment {
        /** Before the request has had any effect. */
        BEFORE,
        /** When it has been carried out, and before it is answered. */
        AFTER
    }

    /** The process is gone. */
    public static ApiFault death() {
        return new ApiFault(Deed.DIE, Moment.BEFORE, 0, 0);
    }

    /** It hangs. */
    public static ApiFault stall() {
        return new ApiFault(Deed.STALL, Moment.BEFORE, 0, 0);
    }

    /** It takes that long. */
    public static ApiFault delay(Duration time) {
        return new ApiFault(Deed.DELAY, Moment.BEFORE, Math.toIntExact(time.toMillis()), 0);
    }

    /** It answers with that status, and does nothing. */
    public static ApiFault refusal(int status) {
        return new ApiFault(Deed.REFUSE, Moment.BEFORE, status, 0);
    }

    /** It answers with what is no HTTP. */
    public static ApiFault rubbish() {
        return new ApiFault(Deed.RUBBISH, Moment.BEFORE, 0, 0);
    }

    /** The same once the request has been carried out. */
    public ApiFault afterwards() {
        return new ApiFault(deed, Moment.AFTER, number, call);
    }

    /** The same on one request only. */
    public ApiFault onCall(int which) {
        return new ApiFault(deed, moment, number, which);
    }
}
