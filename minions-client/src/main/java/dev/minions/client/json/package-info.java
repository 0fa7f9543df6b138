/** The JSON shapes that {@code --json} prints and the HTTP API speaks. */
@NullMarked
package dev.minions.client.json;

import org.jspecify.annotations.NullMarked;
