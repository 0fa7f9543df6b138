/** Operations as journaled steps: what runs them, undoes them and recovers them after a crash. */
@NullMarked
package dev.minions.core.engine;

import org.jspecify.annotations.NullMarked;
