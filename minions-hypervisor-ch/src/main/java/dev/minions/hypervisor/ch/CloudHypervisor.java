package dev.minions.hypervisor.ch;

import dev.minions.HostReport.Finding;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.process.HostProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Cloud Hypervisor, v51.2 or newer, on a host with KVM. As root it runs every VMM as a user of its own, with every layer
 * of confinement that the host has.
 *
 * {@snippet :
 * try (Minions minions = LocalMinions.builder().hypervisor(CloudHypervisor.onPath()).build()) {
 *     // ...
 * }
 * }
 */
public final class CloudHypervisor implements BackendFactory<Hypervisor> {
    static final BackendId ID = BackendId.of("cloud-hypervisor");
    static final String ADVICE =
            "get cloud-hypervisor-static from the releases of cloud-hypervisor/cloud-hypervisor and put it on the PATH"
                    + " as cloud-hypervisor";

    private static final String PROGRAM = "cloud-hypervisor";

    private final String program;
    private final Supplier<HostLayers> layers;
    private final Limits limits;

    private CloudHypervisor(String program, Supplier<HostLayers> layers, Limits limits) {
        this.program = program;
        this.layers = layers;
        this.limits = limits;
    }

    /** The {@code cloud-hypervisor} of the {@code PATH}. */
    public static CloudHypervisor onPath() {
        return new CloudHypervisor(PROGRAM, HostLayers::ofThisHost, Limits.USUAL);
    }

    /** That one. */
    public static CloudHypervisor at(Path program) {
        return new CloudHypervisor(program.toAbsolutePath().toString(), HostLayers::ofThisHost, Limits.USUAL);
    }

    /** The same as if this host had those layers. */
    CloudHypervisor on(HostLayers pretended) {
        return new CloudHypervisor(program, () -> pretended, limits);
    }

    /** The same with less patience. */
    CloudHypervisor within(Limits others) {
        return new CloudHypervisor(program, layers, others);
    }

    @Override
    public BackendId id() {
        return ID;
    }

    @Override
    public List<Finding> probe() {
        var findings = new ArrayList<Finding>();
        HostProgram.find(program)
                .ifPresentOrElse(
                        found -> findings.add(ChVersion.of(found).finding()),
                        () -> findings.add(Finding.error(
                                "cloud-hypervisor",
                                "program '" + program + "' was looked for and is not there",
                                ADVICE)));
        findings.addAll(layers.get().findings());
        return List.copyOf(findings);
    }

    @Override
    public Hypervisor open(BackendContext context) {
        HostProgram found = HostProgram.require(program, ADVICE);
        HostLayers host = layers.get();
        Optional<String> obstacle = host.obstacle();
        if (obstacle.isPresent()) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED, "open cloud-hypervisor: it needs KVM, and " + obstacle.get());
        }
        ChVersion version = ChVersion.of(found);
        if (!version.isNewEnough()) {
            throw new MinionsException(
                    ErrorCode.NOT_SUPPORTED,
                    "open cloud-hypervisor: " + ChVersion.OLDEST + " or newer is needed, '" + found + "' says '"
                            + version.text() + "'");
        }
        return new ChHypervisor(found, version, host, limits);
    }
}
