package dev.minions.testkit.fake;

import dev.minions.testkit.fake.Fault.Moment;

/**
 * An instant in the life of a process at which it can be killed: a moment of a call of the store or of a backend. Its
 * name holds from run to run, where its place in the order of all would not: how often something is read while it is
 * waited for depends on the day.
 *
 * @param call what is called
 * @param number which call of that kind it is, counted from 1
 * @param moment which moment of it
 */
public record KillPoint(FakeCall call, int number, Moment moment) {
    /** The point that {@link #toString} gave that name. */
    public static KillPoint of(String name) {
        String[] words = name.split(":", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("a point is CALL:NUMBER:MOMENT, got '" + name + "'");
        }
        return new KillPoint(FakeCall.valueOf(words[0]), Integer.parseInt(words[1]), Moment.valueOf(words[2]));
    }

    /** Whether the call changes something, so that the host differs before and after it. */
    public boolean isOfChange() {
        return !call.isRead();
    }

    /** Its name, for example {@code STORE_WRITE:3:AFTER}. */
    @Override
    public String toString() {
        return call + ":" + number + ":" + moment;
    }
}
