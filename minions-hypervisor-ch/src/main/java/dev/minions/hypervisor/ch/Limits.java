package dev.minions.hypervisor.ch;

import java.time.Duration;

/**
 * How long a VMM may take.
 *
 * @param start from the start of the process to its first answer
 * @param request the most for any request; most have less
 * @param rung for each step of ending a VMM before the last
 */
record Limits(Duration start, Duration request, Duration rung) {
    static final Limits USUAL = new Limits(Duration.ofSeconds(30), Duration.ofHours(1), Duration.ofSeconds(1));

    Duration of(Verb verb) {
        return verb.limit().compareTo(request) < 0 ? verb.limit() : request;
    }
}
