package dev.minions.core.instance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A program that takes and probes instance locks as it is told to on standard input. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws IOException {
        InstanceLocks locks = InstanceLocks.in(Path.of(arguments[0]));
        List<HeldLock> held = new ArrayList<>();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ", -1);
            InstanceId id = new InstanceId(words[1]);
            System.out.println(
                    switch (words[0]) {
                        case "acquire" -> held.add(locks.acquire(id));
                        case "alive" -> locks.isAlive(id);
                        case "take" -> {
                            Optional<HeldLock> taken = locks.tryTakeOver(id);
                            taken.ifPresent(held::add);
                            yield taken.isPresent();
                        }
                        default -> throw new IllegalArgumentException(line);
                    });
        }
    }
}
