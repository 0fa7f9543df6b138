/** Images by content: built, imported, checked and removed without ever showing a half-made one. */
@NullMarked
package dev.minions.core.image;

import org.jspecify.annotations.NullMarked;
