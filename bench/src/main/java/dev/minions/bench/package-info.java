/**
 * Benchmarks: each measures something that Minions does beside a <em>peer</em>, the barest thing that does the same
 * without Minions, turn by turn in one run, so that both meet the same host. {@code Main} reads the command line;
 * {@code Catalogue} lists what there is.
 */
@NullMarked
package dev.minions.bench;

import org.jspecify.annotations.NullMarked;
