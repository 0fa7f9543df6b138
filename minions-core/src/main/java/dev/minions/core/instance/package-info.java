/** Which engines are alive on a data directory, known by the lock that each one holds. */
@NullMarked
package dev.minions.core.instance;

import org.jspecify.annotations.NullMarked;
