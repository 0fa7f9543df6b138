package dev.minions;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What of a VM's size is to change; what is not named stays. Immutable; the methods return a changed copy.
 *
 * {@snippet :
 * vm.resize(Resize.none().cpus(4).disk(ByteSize.gb(20)));
 * }
 */
public final class Resize {
    private static final Resize NONE = new Resize(null, null, null, null);

    private final @Nullable Integer cpus;
    private final @Nullable ByteSize memory;
    private final @Nullable ByteSize disk;
    private final @Nullable ByteSize data;

    private Resize(
            @Nullable Integer cpus, @Nullable ByteSize memory, @Nullable ByteSize disk, @Nullable ByteSize data) {
        this.cpus = cpus;
        this.memory = memory;
        this.disk = disk;
        this.data = data;
    }

    /** Nothing changes. */
    public static Resize none() {
        return NONE;
    }

    /** Virtual CPUs, 1 to {@link VmSpec#MAX_CPUS}. */
    public Resize cpus(int count) {
        return new Resize(count, memory, disk, data);
    }

    /** Memory, {@link VmSpec#MIN_MEMORY} or more. */
    public Resize memory(ByteSize size) {
        return new Resize(cpus, Objects.requireNonNull(size, "memory"), disk, data);
    }

    /** The root disk, as large as it is or larger. The guest's file system grows with it. */
    public Resize disk(ByteSize size) {
        return new Resize(cpus, memory, Objects.requireNonNull(size, "disk"), data);
    }

    /** The data disk, as large as it is or larger. What the guest has on it, the guest must grow. */
    public Resize data(ByteSize size) {
        return new Resize(cpus, memory, disk, Objects.requireNonNull(size, "data"));
    }

    /** The CPUs asked for. */
    public OptionalInt cpus() {
        return cpus == null ? OptionalInt.empty() : OptionalInt.of(cpus);
    }

    /** The memory asked for. */
    public Optional<ByteSize> memory() {
        return Optional.ofNullable(memory);
    }

    /** The size of the root disk asked for. */
    public Optional<ByteSize> disk() {
        return Optional.ofNullable(disk);
    }

    /** The size of the data disk asked for. */
    public Optional<ByteSize> data() {
        return Optional.ofNullable(data);
    }

    /** Whether nothing is asked for. */
    public boolean isNone() {
        return cpus == null && memory == null && disk == null && data == null;
    }

    /**
     * That spec in the new size.
     *
     * @throws IllegalArgumentException if a VM cannot have that size
     */
    public VmSpec of(VmSpec spec) {
        VmSpec.Builder builder = spec.toBuilder();
        if (cpus != null) {
            builder.cpus(cpus);
        }
        if (memory != null) {
            builder.memory(memory);
        }
        if (disk != null) {
            builder.disk(disk);
        }
        if (data != null) {
            builder.data(data);
        }
        return builder.build();
    }

    @Override
    public String toString() {
        return "Resize[cpus=" + cpus + ", memory=" + memory + ", disk=" + disk + ", data=" + data + "]";
    }
}
