/** The program that runs inside the guest and answers the host. */
@NullMarked
package dev.minions.agent.guest;

import org.jspecify.annotations.NullMarked;
