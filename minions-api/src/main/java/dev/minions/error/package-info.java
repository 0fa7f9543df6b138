/**
 * How the world's failures reach a caller: one exception with a short {@link dev.minions.error.MinionsException.Kind}
 * to branch on and a stable {@link dev.minions.error.ErrorCode} for logs, scripts and other doors of the house.
 */
@NullMarked
package dev.minions.error;

import org.jspecify.annotations.NullMarked;
