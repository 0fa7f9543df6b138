import dev.minions.ByteSize;
import dev.minions.Command;
import dev.minions.CreateOptions;
import dev.minions.EphemeralVm;
import dev.minions.ExitStatus;
import dev.minions.GuestFile;
import dev.minions.GuestProcess;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.VmSpec;
import dev.minions.core.LocalMinions;
import dev.minions.error.MinionsException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs a script that nobody trusts: in a VM of its own, with a time limit, reading its output while it runs. Whatever
 * the script does, and however this program ends, the VM is gone afterwards.
 */
public final class ThrowAwayJob {
    private static final String SCRIPT =
            """
            #!/bin/sh
            echo "job runs as $(id -un) on $(uname -n) for $CUSTOMER"
            for i in 1 2 3; do echo "line $i"; done
            rm -rf /etc /home
            exit 7
            """;

    private ThrowAwayJob() {}

    public static void main(String[] args) throws IOException {
        VmSpec spec = VmSpec.builder(ImageRef.of("debian"))
                .cpus(1)
                .memory(ByteSize.mib(256))
                .label("purpose", "job")
                .environment("CUSTOMER", "acme")
                .file(GuestFile.text("/opt/job.sh", SCRIPT).mode(0755))
                .build();
        CreateOptions options =
                CreateOptions.defaults().onProgress(progress -> System.err.println("... " + progress.step()));
        try (Minions minions = LocalMinions.open();
                EphemeralVm vm = minions.launch(spec, options)) {
            System.out.println("job ended with " + run(vm));
        } catch (MinionsException e) {
            System.err.println(e.code().text() + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private static ExitStatus run(EphemeralVm vm) throws IOException {
        Command command = Command.of("/opt/job.sh").within(Duration.ofMinutes(1));
        try (GuestProcess job = vm.start(command);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(job.stdout(), StandardCharsets.UTF_8))) {
            job.stdin().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println("| " + line);
            }
            Optional<ExitStatus> status = job.waitFor(Duration.ofMinutes(2));
            return status.orElseThrow(() -> new IOException("the job outlived its limit"));
        }
    }
}
