/**
 * What a backend implements: hypervisors, volumes, networks, state stores, image sources and guest channels.
 *
 * <p>The engine knows backends by these interfaces alone. Each has a contract in the test kit that every
 * implementation passes.
 */
@NullMarked
package dev.minions.spi;

import org.jspecify.annotations.NullMarked;
