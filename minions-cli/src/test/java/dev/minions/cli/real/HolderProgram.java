package dev.minions.cli.real;

import dev.minions.ByteSize;
import dev.minions.EphemeralVm;
import dev.minions.ImageRef;
import dev.minions.Minions;
import dev.minions.VmSpec;

/** Launches a VM, says its id, and holds it until it is killed. */
final class HolderProgram {
    private HolderProgram() {}

    /** The program. */
    public static void main(String[] args) throws InterruptedException {
        VmSpec spec = VmSpec.builder(ImageRef.of("debian"))
                .cpus(1)
                .memory(ByteSize.mib(256))
                .build();
        try (Minions minions = RealHost.open();
                EphemeralVm vm = minions.launch(spec)) {
            System.out.println(vm.id());
            Thread.currentThread().join();
        }
    }
}
