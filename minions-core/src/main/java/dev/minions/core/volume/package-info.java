/** Volumes as files in a directory, cloned by the cheapest way that the file system allows. */
@NullMarked
package dev.minions.core.volume;

import org.jspecify.annotations.NullMarked;
