/**
 * The JSON that {@code minions --json} prints and that the HTTP API speaks: one record for every shape, made from the
 * values of {@link dev.minions}. {@code docs/json.md} shows each with an example.
 *
 * <p>What holds for all of them: a key is always there, and what is not known is {@code null}; sizes are whole numbers
 * of bytes; durations are numbers of seconds; times are ISO 8601 in UTC; states and other words of a fixed set are in
 * lower case with hyphens. Keys may be added, so a reader skips those it does not know.
 */
@NullMarked
package dev.minions.client.json;

import org.jspecify.annotations.NullMarked;
