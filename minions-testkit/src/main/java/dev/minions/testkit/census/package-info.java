/** Counts what is on the host before and after, so that a test can tell that nothing leaked. */
@NullMarked
package dev.minions.testkit.census;

import org.jspecify.annotations.NullMarked;
