/** Files that outlast a loss of power and never show a half-written content under their final name. */
@NullMarked
package dev.minions.core.file;

import org.jspecify.annotations.NullMarked;
