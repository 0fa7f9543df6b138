import dev.minions.*;
import dev.minions.core.LocalMinions;

public class FirstVm {
    public static void main(String[] args) {
        VmSpec spec = VmSpec.builder(ImageRef.of("debian")).cpus(2).memory(ByteSize.mib(512)).build();
        try (Minions minions = LocalMinions.open();
                EphemeralVm vm = minions.launch(spec)) {      // returns when the guest's agent answers
            System.out.print(vm.exec("uname", "-a").stdout()); // ran inside the VM
        }                                                      // the VM is gone
    }
}
