/** Ethernet frames, for tests of what a network lets a guest do: made byte by byte, sent and heard as they are. */
@NullMarked
package dev.minions.testkit.frame;

import org.jspecify.annotations.NullMarked;
