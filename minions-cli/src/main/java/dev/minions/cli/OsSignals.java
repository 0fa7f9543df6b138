package dev.minions.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The signals of this process. By reflection, since javac warns of {@code sun.misc.Signal} wherever it is named,
 * nothing silences that, and a warning ends our build. There is no other way to hear of a signal and live.
 */
final class OsSignals implements SignalSource {
    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    @Override
    public void listen(IntConsumer handler) {
        NUMBERS.forEach((name, number) -> listen(name, () -> handler.accept(number)));
    }

    private static void listen(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    OsSignals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (!method.getName().equals("handle")) {
                            return method.invoke(action, arguments); // what every object has
                        }
                        action.run();
                        return null;
                    });
            Object instance = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, instance, proxy);
        } catch (InvocationTargetException notOurs) {
            // A JVM that was told to leave signals alone (-Xrs): then they end it, and recovery does the rest.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Signal", e);
        }
    }
}
