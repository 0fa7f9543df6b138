package dev.minions.net.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On tests that change the network they run in, and flush its rules: {@link Namespace} gives them one of their own. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfSystemProperty(
        named = InNamespace.PROPERTY,
        matches = "true",
        disabledReason = "it would change this host's own network: run LinuxBridgeTest")
@interface InNamespace {
    /** Says that a JVM is in a network namespace of its own. */
    String PROPERTY = "minions.namespace";
}
