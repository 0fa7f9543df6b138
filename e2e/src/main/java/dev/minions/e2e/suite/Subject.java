package dev.minions.e2e.suite;

import dev.minions.core.BackendCatalog;
import dev.minions.spi.BackendFactory;
import dev.minions.spi.BackendProvider;
import dev.minions.spi.Hypervisor;
import dev.minions.spi.process.HostProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** What a suite is run on: a hypervisor by its id, and what the lab has laid ready for it. */
public final class Subject {
    /** The system property with the id of the hypervisor under test; {@code qemu} if it is not set. */
    public static final String HYPERVISOR = "minions.lab.hypervisor";

    /** The system property with the directory of what the lab has taken in. */
    public static final String PAYLOAD = "minions.lab.payload";

    /** The system property with the directory of what the host has made ready of it. */
    public static final String READY = "minions.lab.ready";

    private Subject() {}

    /** Whether this build has a backend for that hypervisor. */
    public static boolean isInstalled(String id) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .anyMatch(provider -> provider.kind() == Hypervisor.class
                        && provider.id().value().equals(id));
    }

    /** The hypervisor under test. A suite is written once and names none, so it is found as a configuration would. */
    static BackendFactory<Hypervisor> hypervisor() {
        return BackendCatalog.installed().hypervisor(System.getProperty(HYPERVISOR, "qemu"), Map.of());
    }

    /** What a JVM must be told so that all of this is the same there. */
    static List<String> options() {
        return Stream.of(HYPERVISOR, PAYLOAD, READY)
                .filter(property -> System.getProperty(property) != null)
                .map(property -> "-D" + property + "=" + System.getProperty(property))
                .toList();
    }

    /** A part of the guest that VMs are made of: {@code disk}, {@code kernel}, {@code initrd} or {@code arguments}. */
    static Path guestPart(String name) {
        return directory(PAYLOAD).resolve("guest").resolve(name);
    }

    /** The kernel command line of the guest. */
    static String kernelArguments() {
        try {
            return Files.readString(guestPart("arguments")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a configuration must say for the hypervisor under test to be chosen: nothing, if it is the one that Minions
     * chooses by itself.
     */
    static String configuration() {
        boolean other = hypervisor().id().value().equals("qemu")
                && HostProgram.find("cloud-hypervisor").isPresent();
        return other ? "[hypervisor]\nid = \"qemu\"\n" : "";
    }

    /** The Java runtime of the lab. */
    static Path java() {
        return directory(PAYLOAD).resolve("java");
    }

    /** Something of the installed distribution. */
    static Path product(String name) {
        return directory(PAYLOAD).resolve("product").resolve(name);
    }

    /** Something that {@code prepare.sh} made on the host. */
    static Path ready(String name) {
        return directory(READY).resolve(name);
    }

    private static Path directory(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException("the property " + property + " is not set: run suites with e2e/run");
        }
        return Path.of(value);
    }
}
