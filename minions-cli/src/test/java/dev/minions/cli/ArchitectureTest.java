package dev.minions.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the modules. It lives here because the command line is what sees all of them. */
class ArchitectureTest {
    private static final String API = "dev.minions.api";
    private static final String AGENT = "dev.minions.agent";
    private static final String CORE = "dev.minions.core";
    private static final String QEMU = "dev.minions.hypervisor.qemu";
    private static final String CLOUD_HYPERVISOR = "dev.minions.hypervisor.ch";
    private static final String BRIDGE = "dev.minions.net.linux";
    private static final String LVM = "dev.minions.storage.lvm";
    private static final String CLIENT = "dev.minions.client";
    private static final String TESTKIT = "dev.minions.testkit";
    private static final String CLI = "dev.minions.cli";

    /** Which of our modules each of our modules may use. A module that is not a key may not exist. */
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            API, Set.of(),
            AGENT, Set.of(API),
            CORE, Set.of(API, AGENT),
            QEMU, Set.of(API),
            CLOUD_HYPERVISOR, Set.of(API),
            BRIDGE, Set.of(API),
            LVM, Set.of(API),
            CLIENT, Set.of(API),
            TESTKIT, Set.of(API, AGENT),
            CLI, Set.of(API, CORE, CLIENT, QEMU, CLOUD_HYPERVISOR, BRIDGE, LVM));

    private static final OurModules MODULES = OurModules.onTheClassPath();

    @Test
    void theTableListsEveryModule() {
        assertThat(MODULES.names()).isEqualTo(MAY_USE.keySet());
    }

    @Test
    void aModuleRequiresOnlyOurModulesThatTheTableAllows() {
        MAY_USE.forEach((module, allowed) -> assertThat(allowed)
                .as("what %s may require", module)
                .containsAll(MODULES.requiredBy(module).stream()
                        .filter(MAY_USE::containsKey)
                        .toList()));
    }

    @Test
    void theApiRequiresNothingButTheJdkAndJSpecify() {
        assertThat(MODULES.requiredBy(API))
                .allMatch(name -> name.equals("org.jspecify") || name.startsWith("java.") || name.startsWith("jdk."));
    }

    @Test
    void aClassUsesOnlyClassesOfModulesThatTheTableAllows() {
        check(classes().should(useOnlyModulesOfTheTable()));
    }

    @Test
    void whatAModuleExportsNamesNoLibrary() {
        check(classes().should(nameOnlyOurTypesAndTheJdksWhereExported()));
    }

    @Test
    void everyPackageIsNullMarked() {
        check(classes().should(liveInANullMarkedPackage()));
    }

    @Test
    void onlyTheCommandLineWritesToStandardOutput() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.minions.cli..")
                .should()
                .accessField(System.class, "out"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MODULES.classes());
    }

    private static ArchCondition<JavaClass> useOnlyModulesOfTheTable() {
        return condition("use only modules that the table allows", (user, report) -> {
            String from = MODULES.moduleOf(user);
            user.getDirectDependenciesFromSelf().stream()
                    .filter(use -> MODULES.has(use.getTargetClass()))
                    .filter(use -> !MODULES.moduleOf(use.getTargetClass()).equals(from))
                    .filter(use ->
                            !MAY_USE.getOrDefault(from, Set.of()).contains(MODULES.moduleOf(use.getTargetClass())))
                    .forEach(use -> report.accept(from + " may not: " + use.getDescription()));
        });
    }

    /** The test kit is left out: to be made of JUnit and AssertJ is what it is for. */
    private static ArchCondition<JavaClass> nameOnlyOurTypesAndTheJdksWhereExported() {
        return condition("name only our own types and the JDK's in what they export", (type, report) -> {
            if (MODULES.moduleOf(type).equals(TESTKIT) || !MODULES.exports(type) || !isVisible(type)) {
                return;
            }
            shownBy(type)
                    .filter(shown -> !isOursOrTheJdks(shown))
                    .map(JavaClass::getName)
                    .distinct()
                    .forEach(library -> report.accept(type.getName() + " shows " + library));
        });
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return condition("live in a package that is @NullMarked", (type, report) -> {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                report.accept(type.getName() + " does not");
            }
        });
    }

    private static ArchCondition<JavaClass> condition(
            String description, BiConsumer<JavaClass, Consumer<String>> finder) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                finder.accept(type, problem -> events.add(SimpleConditionEvent.violated(type, problem)));
            }
        };
    }

    /** Every type that a caller of {@code type} gets to see, type arguments and exceptions included. */
    private static Stream<JavaClass> shownBy(JavaClass type) {
        Stream<JavaType> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaMember> members = type.getMembers().stream()
                .filter(member -> isVisible(member.getModifiers()))
                .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC));
        return Stream.of(
                        parents.flatMap(parent -> parent.getAllInvolvedRawTypes().stream()),
                        members.flatMap(ArchitectureTest::shownBy))
                .flatMap(found -> found)
                .map(JavaClass::getBaseComponentType);
    }

    private static Stream<JavaClass> shownBy(JavaMember member) {
        Stream<JavaClass> thrown =
                member instanceof JavaCodeUnit code ? code.getExceptionTypes().stream() : Stream.of();
        return Stream.concat(member.getAllInvolvedRawTypes().stream(), thrown);
    }

    private static boolean isVisible(JavaClass type) {
        return isVisible(type.getModifiers())
                && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static boolean isOursOrTheJdks(JavaClass type) {
        return type.isPrimitive()
                || type.getName().startsWith("java.")
                || type.getName().startsWith("javax.")
                || type.getName().startsWith("dev.minions.");
    }
}
