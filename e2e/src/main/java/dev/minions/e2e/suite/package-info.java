/** What runs inside a host of the lab. */
@NullMarked
package dev.minions.e2e.suite;

import org.jspecify.annotations.NullMarked;
