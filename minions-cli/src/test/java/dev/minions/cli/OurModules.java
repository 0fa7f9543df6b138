package dev.minions.cli;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/** The modules of Minions on the class path, each known by its descriptor, and their classes without the tests'. */
final class OurModules {
    private static final String DESCRIPTOR = "module-info.class";

    /** By where its classes are: a directory or a jar, as the beginning of a class's address. */
    private final Map<String, ModuleDescriptor> byRoot;

    private final JavaClasses classes;

    private OurModules(Map<String, ModuleDescriptor> byRoot, JavaClasses classes) {
        this.byRoot = byRoot;
        this.classes = classes;
    }

    static OurModules onTheClassPath() {
        try {
            Map<String, ModuleDescriptor> byRoot =
                    Collections.list(OurModules.class.getClassLoader().getResources(DESCRIPTOR)).stream()
                            .collect(toMap(OurModules::root, OurModules::read));
            byRoot.values().removeIf(module -> !module.name().startsWith("dev.minions."));
            var locations = byRoot.keySet().stream()
                    .map(root -> Location.of(URI.create(root)))
                    .toList();
            return new OurModules(Map.copyOf(byRoot), new ClassFileImporter().importLocations(locations));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String root(URL descriptor) {
        String address = descriptor.toString();
        return address.substring(0, address.length() - DESCRIPTOR.length());
    }

    private static ModuleDescriptor read(URL descriptor) {
        try (InputStream in = descriptor.openStream()) {
            return ModuleDescriptor.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JavaClasses classes() {
        return classes;
    }

    Set<String> names() {
        return byRoot.values().stream().map(ModuleDescriptor::name).collect(toUnmodifiableSet());
    }

    Set<String> requiredBy(String module) {
        return byRoot.values().stream()
                .filter(descriptor -> descriptor.name().equals(module))
                .flatMap(descriptor -> descriptor.requires().stream())
                .map(ModuleDescriptor.Requires::name)
                .collect(toUnmodifiableSet());
    }

    boolean has(JavaClass type) {
        return byRoot.keySet().stream().anyMatch(root -> address(type).startsWith(root));
    }

    String moduleOf(JavaClass type) {
        return descriptorOf(type).name();
    }

    boolean exports(JavaClass type) {
        return descriptorOf(type).exports().stream()
                .anyMatch(export -> export.source().equals(type.getPackageName()));
    }

    private ModuleDescriptor descriptorOf(JavaClass type) {
        String address = address(type);
        return byRoot.entrySet().stream()
                .filter(module -> address.startsWith(module.getKey()))
                .map(Map.Entry::getValue)
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(type.getName() + " is in none of our modules"));
    }

    /** In the form that class loaders use, with one slash where ArchUnit has three. */
    private static String address(JavaClass type) {
        return type.getSource()
                .map(source -> source.getUri().toString().replace("file:///", "file:/"))
                .orElse("");
    }
}
