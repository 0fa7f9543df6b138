/** What can go wrong outside the program: one exception, a short list of kinds to branch on, and stable codes. */
@NullMarked
package dev.minions.error;

import org.jspecify.annotations.NullMarked;
