/** The {@code minions} command. */
@NullMarked
package dev.minions.cli;

import org.jspecify.annotations.NullMarked;
