/**
 * The one way to start a program on the host: short commands with a deadline, and processes that outlive the JVM.
 */
@NullMarked
package dev.minions.spi.process;

import org.jspecify.annotations.NullMarked;
