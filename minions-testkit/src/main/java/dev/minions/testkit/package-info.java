/** Contracts: extend the one for your backend, give it an instance, and it must pass. */
@NullMarked
package dev.minions.testkit;

import org.jspecify.annotations.NullMarked;
