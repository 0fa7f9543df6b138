package dev.minions.testkit.fake;

import dev.minions.ByteSize;
import dev.minions.spi.MachineSpec;
import dev.minions.spi.Sizing;
import java.util.function.Supplier;

/** What a process of the fake host does to the size of a machine that runs. */
final class FakeSizing implements Sizing {
    private final FakeHost host;
    private final Size size;

    /** The size of a running machine, however it keeps it. */
    interface Size {
        /** How far it can grow. */
        MachineSpec.Growth growth();

        /** Has that many CPUs from now on. */
        void cpus(int count);

        /** Has that much memory from now on. */
        void memory(ByteSize size);
    }

    FakeSizing(FakeHost host, Size size) {
        this.host = host;
        this.size = size;
    }

    private void call(Runnable body) {
        host.process().<Boolean>call(FakeCall.MACHINE_RESIZE, (Supplier<Boolean>) () -> {
            body.run();
            return true;
        });
    }

    @Override
    public Bounds bounds() {
        return new Bounds(size.growth().maxCpus(), size.growth().maxMemory());
    }

    @Override
    public void resizeCpus(int count) {
        call(() -> {
            if (count < 1 || count > size.growth().maxCpus()) {
                throw FakeHotPlug.failure("resize: " + count + " CPUs are more than "
                        + size.growth().maxCpus());
            }
            size.cpus(count);
        });
    }

    @Override
    public void resizeMemory(ByteSize wanted) {
        call(() -> {
            if (wanted.compareTo(size.growth().maxMemory()) > 0) {
                throw FakeHotPlug.failure(
                        "resize: " + wanted + " is more than " + size.growth().maxMemory());
            }
            size.memory(wanted);
        });
    }
}
