package dev.minions.core;

import dev.minions.HostReport.Choice;
import dev.minions.HostReport.Finding;
import dev.minions.HostReport.Severity;
import dev.minions.core.engine.Backends;
import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Backend;
import dev.minions.spi.BackendContext;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.Network;
import dev.minions.spi.VolumeBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the first set of backends that works here and fits, from candidates in the order of preference, and remembers
 * why. Whether one works is seen by opening it, as that is quicker than to look first. One candidate of a kind is a wish: if it does not work there is no other, and the refusal says what is amiss.
 */
final class BackendChoice {
    private final List<BackendFactory<Hypervisor>> hypervisors;
    private final List<BackendFactory<VolumeBackend>> volumes;
    private final List<BackendFactory<Network>> networks;

    /** Why a hypervisor was passed over, by its id. */
    private final Map<BackendId, String> refusals = new ConcurrentHashMap<>();

    BackendChoice(
            List<BackendFactory<Hypervisor>> hypervisors,
            List<BackendFactory<VolumeBackend>> volumes,
            List<BackendFactory<Network>> networks) {
        this.hypervisors = List.copyOf(hypervisors);
        this.volumes = List.copyOf(volumes);
        this.networks = List.copyOf(networks);
    }

    /**
     * Opens the first set that works and fits.
     *
     * @throws MinionsException {@code NO_FITTING_BACKENDS} with every reason
     */
    Backends open(BackendContext context) {
        List<String> reasons = new ArrayList<>();
        for (BackendFactory<Hypervisor> hypervisor : hypervisors) {
            for (BackendFactory<Network> network : networks) {
                for (BackendFactory<VolumeBackend> volume : volumes) {
                    Backends set = tryOpen(context, hypervisor, volume, network, reasons);
                    if (set != null) {
                        return set;
                    }
                }
            }
        }
        String all = reasons.isEmpty()
                ? "none is installed"
                : String.join("; ", reasons.stream().distinct().toList());
        throw new MinionsException(
                ErrorCode.NO_FITTING_BACKENDS,
                "no set of backends works on this host: " + all + "; 'minions doctor' says what to do");
    }

    private @Nullable Backends tryOpen(
            BackendContext context,
            BackendFactory<Hypervisor> hypervisor,
            BackendFactory<VolumeBackend> volume,
            BackendFactory<Network> network,
            List<String> reasons) {
        List<Backend> opened = new ArrayList<>();
        try {
            Hypervisor machine = hypervisor.open(context);
            opened.add(machine);
            Network net = network.open(context);
            opened.add(net);
            VolumeBackend disks = volume.open(context);
            opened.add(disks);
            return new Backends(machine, disks, net);
        } catch (MinionsException e) {
            opened.forEach(Backend::close);
            if (e.code() == ErrorCode.CALL_INTERRUPTED) {
                throw e;
            }
            reasons.add(e.getMessage());
            refusals.put(hypervisor.id(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /**
     * What every candidate says of this host. What keeps one from working that is not needed is no error.
     *
     * @param chosen those in use; empty if no set works, and then every error counts
     */
    List<Finding> findings(Optional<Backends> chosen) {
        List<Finding> findings = new ArrayList<>();
        for (BackendFactory<Hypervisor> candidate : hypervisors) {
            List<Finding> own = candidate.probe();
            findings.addAll(weighed(own, candidate, chosen.map(Backends::hypervisor)));
            boolean works = own.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
            String refusal = refusals.get(candidate.id());
            if (works && refusal != null && !isChosen(candidate, chosen.map(Backends::hypervisor))) {
                findings.add(Finding.warning(
                        candidate.id().value(),
                        "it is not used: " + refusal,
                        "name what fits it in the configuration, as network 'none'"));
            }
        }
        networks.forEach(each -> findings.addAll(weighed(each.probe(), each, chosen.map(Backends::network))));
        volumes.forEach(each -> findings.addAll(weighed(each.probe(), each, chosen.map(Backends::volumes))));
        return findings;
    }

    private static List<Finding> weighed(
            List<Finding> findings, BackendFactory<?> candidate, Optional<? extends Backend> chosen) {
        if (chosen.isEmpty() || isChosen(candidate, chosen)) {
            return findings;
        }
        return findings.stream()
                .map(finding -> finding.severity() == Severity.ERROR
                        ? new Finding(Severity.WARNING, finding.subject(), finding.message(), finding.advice())
                        : finding)
                .toList();
    }

    private static boolean isChosen(BackendFactory<?> candidate, Optional<? extends Backend> chosen) {
        return chosen.filter(backend -> backend.id().equals(candidate.id())).isPresent();
    }

    /** Why these. */
    List<Choice> explain(Backends chosen) {
        return List.of(
                choice("hypervisor", chosen.hypervisor(), hypervisors),
                choice("volumes", chosen.volumes(), volumes),
                choice("network", chosen.network(), networks));
    }

    private static Choice choice(String kind, Backend chosen, List<? extends BackendFactory<?>> candidates) {
        List<String> before = candidates.stream()
                .map(candidate -> candidate.id().value())
                .takeWhile(id -> !id.equals(chosen.id().value()))
                .toList();
        String reason = candidates.size() == 1
                ? "it is the one that was named or installed"
                : before.isEmpty()
                        ? "it is the best there is"
                        : "better ones do not work here: " + String.join(", ", before);
        return new Choice(kind, chosen.id().value(), chosen.description(), reason);
    }
}
