package dev.minions.testkit.census;

import dev.minions.testkit.census.LeakCensus.Snapshot;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.function.Try;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Fails a test class that leaves more on the host than it found. Either as
 *
 * {@snippet :
 * @ExtendWith(LeakCensusExtension.class)
 * class MyTest {
 *     static final LeakCensus CENSUS = LeakCensus.of(DATA, SOCKETS);
 * }
 * }
 *
 * with a static field for the census, or, where the directories are known only when the class begins, as
 *
 * {@snippet :
 * class MyTest {
 *     @TempDir
 *     static Path directory;
 *
 *     @RegisterExtension
 *     static final LeakCensusExtension LEAKS = LeakCensusExtension.over(
 *             () -> LeakCensus.of(directory.resolve("data"), directory.resolve("run")));
 * }
 * }
 *
 * <p>What ends by itself within {@link #PATIENCE} after the last test is no leak.
 */
public final class LeakCensusExtension implements BeforeAllCallback, AfterAllCallback {
    /** How long the end of a process may take that was ended and not waited for. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeakCensusExtension.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final @Nullable Supplier<LeakCensus> given;

    /** For {@code @ExtendWith}: the test class has a static field of type {@link LeakCensus}. */
    public LeakCensusExtension() {
        this.given = null;
    }

    private LeakCensusExtension(Supplier<LeakCensus> census) {
        this.given = census;
    }

    /**
     * For {@code @RegisterExtension}.
     *
     * @param census asked once, before the first test
     */
    public static LeakCensusExtension over(Supplier<LeakCensus> census) {
        return new LeakCensusExtension(census);
    }

    /**
     * A census and what it found at first.
     *
     * @param census counts
     * @param before what was there
     */
    private record Begun(LeakCensus census, Snapshot before) {}

    @Override
    public void beforeAll(ExtensionContext context) {
        LeakCensus census = given == null ? fieldOf(context.getRequiredTestClass()) : given.get();
        context.getStore(NAMESPACE).put(context.getUniqueId(), new Begun(census, census.take()));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Begun begun = context.getStore(NAMESPACE).remove(context.getUniqueId(), Begun.class);
        if (begun == null) {
            return; // it did not begin
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<String> leaked = begun.census().take().moreThan(begun.before());
        while (!leaked.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE_NANOS);
            leaked = begun.census().take().moreThan(begun.before());
        }
        if (!leaked.isEmpty()) {
            throw new AssertionError(context.getDisplayName() + " left on the host:\n  " + String.join("\n  ", leaked));
        }
    }

    private static LeakCensus fieldOf(Class<?> test) {
        List<Field> fields = ReflectionSupport.findFields(
                test,
                field -> Modifier.isStatic(field.getModifiers()) && field.getType() == LeakCensus.class,
                HierarchyTraversalMode.BOTTOM_UP);
        if (fields.size() != 1) {
            throw new ExtensionConfigurationException("class " + test.getName() + " needs one static field of type "
                    + LeakCensus.class.getSimpleName() + ", it has " + fields.size());
        }
        Try<Object> value = ReflectionSupport.tryToReadFieldValue(fields.get(0), null);
        return (LeakCensus)
                value.getOrThrow(cause -> new ExtensionConfigurationException("read field " + fields.get(0), cause));
    }
}
