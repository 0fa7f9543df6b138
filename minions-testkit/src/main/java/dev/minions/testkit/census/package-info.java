/**
 * Counts what is on the host before and after, so that a test can tell that nothing leaked:
 * {@link dev.minions.testkit.census.LeakCensus} in the middle of a test,
 * {@link dev.minions.testkit.census.LeakCensusExtension} around a class of them.
 */
@NullMarked
package dev.minions.testkit.census;

import org.jspecify.annotations.NullMarked;
