/** The engine in this process: {@code LocalMinions} and its builder. */
@NullMarked
package dev.minions.core;

import org.jspecify.annotations.NullMarked;
