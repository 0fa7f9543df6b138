package dev.minions;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a VM should be. Immutable and compared by value; made with {@link #builder(String, String)}.
 *
 * <p>What has a sensible default has one: 2 CPUs, 1024 MiB of memory, a disk of 10 GB, a name made up when none is
 * given.
 */
public final class VmSpec {
    /** The smallest memory a VM can have: 128 MiB. */
    public static final ByteSize MIN_MEMORY = ByteSize.mib(128);
    /** The most virtual CPUs that may be asked for; a host refuses more than it can give. */
    public static final int MAX_CPUS = 254;
    /** The smallest disk: 64 MiB. An image that is larger is refused when it is cloned. */
    public static final ByteSize MIN_DISK = ByteSize.mib(64);
    /** The smallest data disk: 1 MiB. */
    public static final ByteSize MIN_DATA = ByteSize.mib(1);
    /** The largest disk: 16 TiB. */
    public static final ByteSize MAX_DISK = ByteSize.of(16, ByteSize.Unit.TIB);

    private static final int MAX_LABELS = 64;
    private static final int MAX_VALUE = 1024;
    private static final int MAX_ATTACHED = 16;
    private static final int MAX_SOURCES = 1024;
    private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    private final @Nullable VmName name;
    private final ImageRef image;
    private final int cpus;
    private final ByteSize memory;
    private final ByteSize disk;
    private final @Nullable ByteSize data;
    private final List<AttachedDisk> attached;
    private final Map<String, String> labels;
    private final Map<String, String> environment;
    private final Set<SshPublicKey> sshKeys;
    private final List<GuestFile> files;
    private final List<PortForward> publish;
    private final Set<AllowedSource> allowFrom;
    private final @Nullable DataRate bandwidth;
    private final @Nullable Path kernel;
    private final @Nullable Path initrd;
    private final @Nullable String kernelArguments;
    private final @Nullable String idempotencyKey;

    private VmSpec(Builder builder) {
        name = builder.name;
        image = builder.image;
        cpus = builder.cpus;
        memory = builder.memory;
        disk = builder.disk;
        data = builder.data;
        attached = List.copyOf(builder.attached);
        labels = Map.copyOf(builder.labels);
        environment = Map.copyOf(builder.environment);
        sshKeys = Set.copyOf(builder.sshKeys);
        files = List.copyOf(builder.files);
        publish = List.copyOf(builder.publish);
        allowFrom = Set.copyOf(builder.allowFrom);
        bandwidth = builder.bandwidth;
        kernel = builder.kernel;
        initrd = builder.initrd;
        kernelArguments = builder.kernelArguments;
        idempotencyKey = builder.idempotencyKey;
        List<String> problems = problems();
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "vm" + (name == null ? "" : " '" + name + "'") + ": " + String.join("; ", problems));
        }
    }

    /**
     * Starts a spec from a name and an image.
     *
     * @throws IllegalArgumentException if the name is no {@link VmName} or the image no {@link ImageRef}
     */
    public static Builder builder(String name, String image) {
        return new Builder(ImageRef.of(image)).name(VmName.of(name));
    }

    /** Starts a spec whose name is made up at create: readable, and not in use. */
    public static Builder builder(ImageRef image) {
        return new Builder(image);
    }

    /** A builder that holds this spec's values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (cpus < 1 || cpus > MAX_CPUS) {
            problems.add("cpus must be 1 to " + MAX_CPUS + ", got " + cpus);
        }
        if (memory.compareTo(MIN_MEMORY) < 0) {
            problems.add("memory must be at least " + MIN_MEMORY + ", got " + memory);
        }
        if (disk.compareTo(MIN_DISK) < 0 || disk.compareTo(MAX_DISK) > 0) {
            problems.add("disk must be " + MIN_DISK + " to " + MAX_DISK + ", got " + disk);
        }
        if (data != null && (data.compareTo(MIN_DATA) < 0 || data.compareTo(MAX_DISK) > 0)) {
            problems.add("data disk must be " + MIN_DATA + " to " + MAX_DISK + ", got " + data);
        }
        if (initrd != null && kernel == null) {
            problems.add("an initramfs of one's own needs a kernel of one's own");
        }
        addMapProblems(problems, "label", labels, LABEL_KEY);
        addMapProblems(problems, "variable", environment, VARIABLE);
        addForwardProblems(problems);
        addAttachedProblems(problems);
        if (allowFrom.size() > MAX_SOURCES) {
            problems.add(allowFrom.size() + " allowed sources; " + MAX_SOURCES + " are the most");
        }
        addTextProblem(problems, "kernel arguments", kernelArguments);
        addTextProblem(problems, "idempotency key", idempotencyKey);
        if (idempotencyKey != null && idempotencyKey.isBlank()) {
            problems.add("an idempotency key must not be blank");
        }
        return problems;
    }

    private static void addMapProblems(List<String> problems, String what, Map<String, String> map, Pattern key) {
        if (map.size() > MAX_LABELS) {
            problems.add(map.size() + " " + what + "s; " + MAX_LABELS + " are the most");
        }
        map.forEach((name, value) -> {
            if (!key.matcher(name).matches()) {
                problems.add(what + " '" + Texts.printable(name) + "' must match " + key);
            }
            if (value.length() > MAX_VALUE || value.chars().anyMatch(c -> c == 0 || c == '\n')) {
                problems.add("value of " + what + " '" + Texts.printable(name) + "' must be one line of at most "
                        + MAX_VALUE + " characters");
            }
        });
    }

    private void addForwardProblems(List<String> problems) {
        Set<String> seen = new HashSet<>();
        for (PortForward forward : publish) {
            if (!seen.add(forward.address() + " " + forward.hostPort())) {
                problems.add("host port " + forward.hostPort() + " is published twice");
            }
        }
    }

    private void addAttachedProblems(List<String> problems) {
        if (attached.size() > MAX_ATTACHED) {
            problems.add(attached.size() + " attached disks; " + MAX_ATTACHED + " are the most");
        }
        Set<Path> seen = new HashSet<>();
        for (AttachedDisk extra : attached) {
            if (!seen.add(extra.path())) {
                problems.add("disk '" + Texts.printable(extra.path().toString()) + "' is attached twice");
            }
        }
    }

    private static void addTextProblem(List<String> problems, String what, @Nullable String text) {
        if (text != null && (text.length() > MAX_VALUE || text.chars().anyMatch(Character::isISOControl))) {
            problems.add(what + " must be one line of at most " + MAX_VALUE + " characters");
        }
    }

    /** The name asked for; empty to have one made. */
    public Optional<VmName> name() {
        return Optional.ofNullable(name);
    }

    /** The image the root disk is cloned from. */
    public ImageRef image() {
        return image;
    }

    /** How many virtual CPUs. */
    public int cpus() {
        return cpus;
    }

    /** How much memory. */
    public ByteSize memory() {
        return memory;
    }

    /** The size of the root disk as the guest sees it; it takes room only as it is written. */
    public ByteSize disk() {
        return disk;
    }

    /**
     * The size of a disk of the VM's own beside the root disk, empty at first: the guest's second disk,
     * {@code /dev/vdb}. It belongs to the VM as the root disk does, and is in its snapshots and copies.
     */
    public Optional<ByteSize> data() {
        return Optional.ofNullable(data);
    }

    /** Disks of the host beside the VM's own, in order; in the guest they come after its own. */
    public List<AttachedDisk> attached() {
        return attached;
    }

    /** Free text to find the VM by; Minions gives it no meaning. */
    public Map<String, String> labels() {
        return labels;
    }

    /** Variables that every command run through the agent sees. */
    public Map<String, String> environment() {
        return environment;
    }

    /** Who may log in to the guest as root over SSH. */
    public Set<SshPublicKey> sshKeys() {
        return sshKeys;
    }

    /** Files written before the VM counts as ready, in this order. */
    public List<GuestFile> files() {
        return files;
    }

    /** Ports of the host that lead into the guest. */
    public List<PortForward> publish() {
        return publish;
    }

    /** Who may open connections to the VM besides this host; empty for nobody. */
    public Set<AllowedSource> allowFrom() {
        return allowFrom;
    }

    /** The most that the network lets through in each direction; empty for no limit. */
    public Optional<DataRate> bandwidth() {
        return Optional.ofNullable(bandwidth);
    }

    /** A kernel in place of the image's. */
    public Optional<Path> kernel() {
        return Optional.ofNullable(kernel);
    }

    /** An initramfs in place of the image's; only with {@link #kernel}. */
    public Optional<Path> initrd() {
        return Optional.ofNullable(initrd);
    }

    /** What is appended to the image's kernel command line. */
    public Optional<String> kernelArguments() {
        return Optional.ofNullable(kernelArguments);
    }

    /**
     * A key that makes {@code create} repeatable: the same key with the same spec returns the VM that is there, with
     * another spec it is refused.
     */
    public Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    private List<@Nullable Object> values() {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(name);
        values.add(image);
        values.add(cpus);
        values.add(memory);
        values.add(disk);
        values.add(data);
        values.add(attached);
        values.add(labels);
        values.add(environment);
        values.add(sshKeys);
        values.add(files);
        values.add(publish);
        values.add(allowFrom);
        values.add(bandwidth);
        values.add(kernel);
        values.add(initrd);
        values.add(kernelArguments);
        values.add(idempotencyKey);
        return values;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VmSpec that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /** The sizes and the image; no variables and no files, which may hold secrets. */
    @Override
    public String toString() {
        return "VmSpec[" + (name == null ? "" : name + ", ") + image + ", " + cpus + " CPUs, " + memory + ", disk "
                + disk + "]";
    }

    /** Collects a {@link VmSpec}. Not thread-safe. May be used again: {@link #build} copies. */
    public static final class Builder {
        private @Nullable VmName name;
        private ImageRef image;
        private int cpus = 2;
        private ByteSize memory = ByteSize.mib(1024);
        private ByteSize disk = ByteSize.gb(10);
        private @Nullable ByteSize data;
        private final List<AttachedDisk> attached = new ArrayList<>();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final Set<SshPublicKey> sshKeys = new LinkedHashSet<>();
        private final List<GuestFile> files = new ArrayList<>();
        private final List<PortForward> publish = new ArrayList<>();
        private final Set<AllowedSource> allowFrom = new LinkedHashSet<>();
        private @Nullable DataRate bandwidth;
        private @Nullable Path kernel;
        private @Nullable Path initrd;
        private @Nullable String kernelArguments;
        private @Nullable String idempotencyKey;

        private Builder(ImageRef image) {
            this.image = Objects.requireNonNull(image, "image");
        }

        private Builder(VmSpec spec) {
            name = spec.name;
            image = spec.image;
            cpus = spec.cpus;
            memory = spec.memory;
            disk = spec.disk;
            data = spec.data;
            attached.addAll(spec.attached);
            labels.putAll(spec.labels);
            environment.putAll(spec.environment);
            sshKeys.addAll(spec.sshKeys);
            files.addAll(spec.files);
            publish.addAll(spec.publish);
            allowFrom.addAll(spec.allowFrom);
            bandwidth = spec.bandwidth;
            kernel = spec.kernel;
            initrd = spec.initrd;
            kernelArguments = spec.kernelArguments;
            idempotencyKey = spec.idempotencyKey;
        }

        /** The VM's name. */
        public Builder name(VmName value) {
            name = Objects.requireNonNull(value, "name");
            return this;
        }

        /** The image. */
        public Builder image(ImageRef value) {
            image = Objects.requireNonNull(value, "image");
            return this;
        }

        /** Virtual CPUs, 1 to {@link VmSpec#MAX_CPUS}; 2 if not called. */
        public Builder cpus(int count) {
            cpus = count;
            return this;
        }

        /** Memory, {@link VmSpec#MIN_MEMORY} or more; 1024 MiB if not called. */
        public Builder memory(ByteSize size) {
            memory = Objects.requireNonNull(size, "memory");
            return this;
        }

        /** Size of the root disk; 10 GB if not called. */
        public Builder disk(ByteSize size) {
            disk = Objects.requireNonNull(size, "disk");
            return this;
        }

        /** Gives the VM a data disk of that size, {@link VmSpec#MIN_DATA} or more; it has none if not called. */
        public Builder data(ByteSize size) {
            data = Objects.requireNonNull(size, "data");
            return this;
        }

        /** The disks of this host that the VM has, in place of those named so far. */
        public Builder attached(List<AttachedDisk> disks) {
            attached.clear();
            attached.addAll(disks);
            return this;
        }

        /** Adds a disk of this host beside the VM's own. */
        public Builder attach(AttachedDisk extra) {
            attached.add(extra);
            return this;
        }

        /** Adds a label, or replaces the one of that key. */
        public Builder label(String key, String value) {
            labels.put(key, value);
            return this;
        }

        /** Adds a variable for commands in the guest, or replaces it. */
        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Lets the holder of that key log in as root. */
        public Builder sshKey(SshPublicKey key) {
            sshKeys.add(key);
            return this;
        }

        /** Adds a file. */
        public Builder file(GuestFile file) {
            files.add(file);
            return this;
        }

        /** Makes a port of the host lead into the guest. */
        public Builder publish(PortForward forward) {
            publish.add(forward);
            return this;
        }

        /** Lets a VM or a network open connections to this one. */
        public Builder allowFrom(AllowedSource source) {
            allowFrom.add(Objects.requireNonNull(source, "source"));
            return this;
        }

        /** Limits what the network lets through, in each direction; no limit if not called. */
        public Builder bandwidth(DataRate most) {
            bandwidth = Objects.requireNonNull(most, "bandwidth");
            return this;
        }

        /** A kernel in place of the image's: a file on this host. */
        public Builder kernel(Path file) {
            kernel = file.toAbsolutePath().normalize();
            return this;
        }

        /** An initramfs in place of the image's: a file on this host. */
        public Builder initrd(Path file) {
            initrd = file.toAbsolutePath().normalize();
            return this;
        }

        /** Appends to the kernel's command line. */
        public Builder kernelArguments(String arguments) {
            kernelArguments = arguments;
            return this;
        }

        /** Makes {@code create} repeatable under that key. */
        public Builder idempotencyKey(String key) {
            idempotencyKey = key;
            return this;
        }

        /**
         * The spec.
         *
         * @throws IllegalArgumentException naming every value that will not do
         */
        public VmSpec build() {
            return new VmSpec(this);
        }
    }
}
