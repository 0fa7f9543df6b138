/** Backends in memory that pass the same contracts as real ones. */
@NullMarked
package dev.minions.testkit.fake;

import org.jspecify.annotations.NullMarked;
