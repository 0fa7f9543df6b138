package dev.minions.testkit.fake;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.testkit.fake.Fault.Moment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A process of the host that uses its fakes: what goes wrong for it, and whether it has been killed. Any thread. */
final class FakeProcess {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<FakeCall, List<Counted>> faults = new EnumMap<>(FakeCall.class);
    private final Map<FakeCall, Integer> calls = new EnumMap<>(FakeCall.class);
    private final List<KillPoint> points = new ArrayList<>();
    private final List<Runnable> obituaries = new ArrayList<>();
    private long fatalMoment = Long.MAX_VALUE;
    private @Nullable KillPoint fatalPoint;
    private long impatientMoment = Long.MAX_VALUE;
    private @Nullable Thread caller;
    private boolean killed;

    /** A fault and how many calls it has seen. */
    private static final class Counted {
        private final Fault fault;
        private int calls;

        Counted(Fault fault) {
            this.fault = fault;
        }
    }

    FakeProcess(String name) {
        this.name = name;
    }

    /**
     * Goes through the three moments of a call.
     *
     * @param half leaves something half-made; run only where something goes wrong halfway
     * @param whole does all of it
     */
    <T extends @Nullable Object> T call(FakeCall call, Runnable half, Supplier<T> whole) {
        Begun begun = begin(call);
        reach(begun, Moment.BEFORE, () -> {});
        reach(begun, Moment.HALFWAY, half);
        T result = whole.get();
        reach(begun, Moment.AFTER, () -> {});
        return result;
    }

    /** The same for a call that leaves nothing half-made. */
    <T extends @Nullable Object> T call(FakeCall call, Supplier<T> whole) {
        return call(call, () -> {}, whole);
    }

    /** Goes through the two moments of a call of something real, which nobody sees halfway. */
    <T extends @Nullable Object> T around(FakeCall call, Supplier<T> whole) {
        Begun begun = begin(call);
        reach(begun, Moment.BEFORE, () -> {});
        T result = whole.get();
        reach(begun, Moment.AFTER, () -> {});
        return result;
    }

    /** The same for a call that returns nothing. */
    void around(FakeCall call, Runnable whole) {
        Begun begun = begin(call);
        reach(begun, Moment.BEFORE, () -> {});
        whole.run();
        reach(begun, Moment.AFTER, () -> {});
    }

    /**
     * A call that has begun.
     *
     * @param call of which kind
     * @param number which of that kind, counted from 1
     * @param numbers which it is for each fault, counted from when that was set
     */
    private record Begun(FakeCall call, int number, Map<Counted, Integer> numbers) {}

    private Begun begin(FakeCall call) {
        lock.lock();
        try {
            Map<Counted, Integer> numbers = new LinkedHashMap<>();
            for (Counted counted : faults.getOrDefault(call, List.of())) {
                numbers.put(counted, ++counted.calls);
            }
            return new Begun(call, calls.merge(call, 1, Integer::sum), numbers);
        } finally {
            lock.unlock();
        }
    }

    private void reach(Begun begun, Moment moment, Runnable half) {
        FakeCall call = begun.call();
        Fault fault = null;
        boolean dies;
        lock.lock();
        try {
            requireAlive();
            KillPoint point = new KillPoint(call, begun.number(), moment);
            points.add(point);
            dies = points.size() == fatalMoment || point.equals(fatalPoint);
            if (points.size() == impatientMoment && caller != null) {
                caller.interrupt();
            }
            for (Map.Entry<Counted, Integer> entry : begun.numbers().entrySet()) {
                fault = entry.getKey().fault.strikes(moment, entry.getValue()) ? entry.getKey().fault : fault;
            }
        } finally {
            lock.unlock();
        }
        if (dies || fault != null) {
            half.run();
        }
        if (dies) {
            kill();
            throw new ProcessKilled(name);
        }
        if (fault != null) {
            strike(call, fault);
        }
    }

    private void strike(FakeCall call, Fault fault) {
        ErrorCode error = fault.error();
        if (error != null) {
            throw new MinionsException(error, text(call) + ": the test wants " + fault);
        }
        lock.lock();
        try {
            while (!killed && isSet(call, fault)) {
                changed.await();
            }
            requireAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MinionsException(ErrorCode.CALL_INTERRUPTED, text(call) + ": interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private boolean isSet(FakeCall call, Fault fault) {
        return faults.getOrDefault(call, List.of()).stream().anyMatch(counted -> counted.fault == fault);
    }

    private static String text(FakeCall call) {
        return call.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    void add(FakeCall call, Fault fault) {
        lock.lock();
        try {
            faults.computeIfAbsent(call, any -> new ArrayList<>()).add(new Counted(fault));
        } finally {
            lock.unlock();
        }
    }

    void mend() {
        lock.lock();
        try {
            faults.clear();
            fatalMoment = Long.MAX_VALUE;
            fatalPoint = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void killAt(long moment) {
        lock.lock();
        try {
            fatalMoment = moment;
        } finally {
            lock.unlock();
        }
    }

    void killAt(KillPoint point) {
        lock.lock();
        try {
            fatalPoint = point;
        } finally {
            lock.unlock();
        }
    }

    void interruptAt(long moment, Thread thread) {
        lock.lock();
        try {
            impatientMoment = moment;
            caller = thread;
        } finally {
            lock.unlock();
        }
    }

    List<KillPoint> points() {
        lock.lock();
        try {
            return List.copyOf(points);
        } finally {
            lock.unlock();
        }
    }

    /** Runs that when the process is killed; at once if it has been. */
    void onDeath(Runnable obituary) {
        lock.lock();
        try {
            if (!killed) {
                obituaries.add(obituary);
                return;
            }
        } finally {
            lock.unlock();
        }
        obituary.run();
    }

    void kill() {
        List<Runnable> due;
        lock.lock();
        try {
            killed = true;
            changed.signalAll();
            due = List.copyOf(obituaries);
            obituaries.clear();
        } finally {
            lock.unlock();
        }
        due.forEach(Runnable::run);
    }

    boolean isAlive() {
        lock.lock();
        try {
            return !killed;
        } finally {
            lock.unlock();
        }
    }

    void requireAlive() {
        lock.lock();
        try {
            if (killed) {
                throw new ProcessKilled(name);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
