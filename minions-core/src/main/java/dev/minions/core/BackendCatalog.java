package dev.minions.core;

import dev.minions.error.ErrorCode;
import dev.minions.error.MinionsException;
import dev.minions.spi.Backend;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendId;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.Network;
import dev.minions.spi.VolumeBackend;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The backends that are installed beside the engine, by kind and id, for programs that are told by a configuration file
 * which to use. A program that knows its backends names them in {@link LocalMinions.Builder} and needs no catalog.
 */
public final class BackendCatalog {
    /** Not by a record of both: making the first hash code of a record takes a cold JVM a quarter of a command's time. */
    private final Map<Class<? extends Backend>, SortedMap<BackendId, BackendProvider>> providers;

    private BackendCatalog(Map<Class<? extends Backend>, SortedMap<BackendId, BackendProvider>> providers) {
        this.providers = providers;
    }

    /**
     * What {@link ServiceLoader} finds, and what the engine has itself.
     *
     * @throws MinionsException {@code NO_FITTING_BACKENDS} if two have one kind and id
     */
    public static BackendCatalog installed() {
        Map<Class<? extends Backend>, SortedMap<BackendId, BackendProvider>> found = new HashMap<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            BackendProvider other = found.computeIfAbsent(provider.kind(), kind -> new TreeMap<>())
                    .put(provider.id(), provider);
            if (other != null) {
                throw new MinionsException(
                        ErrorCode.NO_FITTING_BACKENDS,
                        "two backends call themselves " + provider.kind().getSimpleName() + " '" + provider.id()
                                + "': " + other.getClass().getName() + " and "
                                + provider.getClass().getName() + "; remove one of them");
            }
        }
        return new BackendCatalog(found);
    }

    /**
     * The hypervisor of that id with those settings.
     *
     * @throws MinionsException {@code BACKEND_MISSING}, naming those there are
     * @throws IllegalArgumentException if a setting is unknown or will not do
     */
    public BackendFactory<Hypervisor> hypervisor(String id, Map<String, String> settings) {
        return cast(configure(Hypervisor.class, id, settings));
    }

    /** The volumes of that id, as {@link #hypervisor}. */
    public BackendFactory<VolumeBackend> volumes(String id, Map<String, String> settings) {
        return cast(configure(VolumeBackend.class, id, settings));
    }

    /** The network of that id, as {@link #hypervisor}. */
    public BackendFactory<Network> network(String id, Map<String, String> settings) {
        return cast(configure(Network.class, id, settings));
    }

    /** The hypervisor of that id without settings, if it is installed. */
    Optional<BackendFactory<Hypervisor>> ifInstalled(String id) {
        return plain(Hypervisor.class, id).map(BackendCatalog::cast);
    }

    /** The network of that id without settings, if it is installed. */
    Optional<BackendFactory<Network>> networkIfInstalled(String id) {
        return plain(Network.class, id).map(BackendCatalog::cast);
    }

    private Optional<BackendFactory<?>> plain(Class<? extends Backend> kind, String id) {
        return Optional.ofNullable(ofKind(kind).get(BackendId.of(id))).map(provider -> provider.configure(Map.of()));
    }

    private BackendFactory<?> configure(Class<? extends Backend> kind, String id, Map<String, String> settings) {
        BackendProvider provider = ofKind(kind).get(BackendId.of(id));
        if (provider == null) {
            throw new MinionsException(
                    ErrorCode.BACKEND_MISSING,
                    "no " + kind.getSimpleName() + " is called '" + id + "'; installed are " + ids(kind));
        }
        List<String> unknown = settings.keySet().stream()
                .filter(name -> !provider.settings().contains(name))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(kind.getSimpleName() + " '" + id + "' has no setting " + unknown
                    + "; it knows " + new TreeSet<>(provider.settings()));
        }
        return provider.configure(settings);
    }

    private String ids(Class<? extends Backend> kind) {
        return ofKind(kind).keySet().stream().map(BackendId::value).collect(Collectors.joining(", ", "[", "]"));
    }

    private SortedMap<BackendId, BackendProvider> ofKind(Class<? extends Backend> kind) {
        return providers.getOrDefault(kind, Collections.emptySortedMap());
    }

    /** A provider of a kind gives factories of that kind: its contract, which generics cannot say here. */
    @SuppressWarnings("unchecked")
    private static <B extends Backend> BackendFactory<B> cast(BackendFactory<?> factory) {
        return (BackendFactory<B>) factory;
    }
}
