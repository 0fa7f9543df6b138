/** The SQLite database: its migrations, its one writer and its readers. */
@NullMarked
package dev.minions.core.store;

import org.jspecify.annotations.NullMarked;
