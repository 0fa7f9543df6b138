package dev.minions.core.engine;

import dev.minions.CreateOptions;
import dev.minions.DestroyOptions;
import dev.minions.ProjectName;
import dev.minions.VmId;
import dev.minions.error.MinionsException;
import dev.minions.spi.MachineSpec.Lifetime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A program that creates or destroys a VM for each line it reads, and says what came of it. */
final class CreatingProgram {
    private CreatingProgram() {}

    /** Arguments: the host's directory. Lines: {@code create NAME} or {@code destroy NAME}. */
    public static void main(String[] args) throws IOException {
        DiskHost host = new DiskHost(Path.of(args[0]));
        try (Engine engine = host.engine(host.process());
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(answer(engine, line.split(" ")));
            }
        }
    }

    private static String answer(Engine engine, String[] words) {
        try {
            if (words[0].equals("create")) {
                VmId id = engine.create(
                        ProjectName.DEFAULT, TestHost.spec(words[1]), CreateOptions.defaults(), Lifetime.DURABLE);
                return id.toString();
            }
            VmId id = engine.find(ProjectName.DEFAULT, words[1]).orElse(null);
            if (id != null) {
                engine.destroy(id, DestroyOptions.defaults());
            }
            return "gone";
        } catch (MinionsException e) {
            return e.code().name();
        }
    }
}
