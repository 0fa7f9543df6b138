/**
 * What a backend implements: a hypervisor, a place for disks, a network, a source of images, a store for the state.
 *
 * <p>The engine knows these interfaces and no implementation. A backend knows this package and neither the engine nor
 * another backend. What only some backends can do is a type of its own that others lack
 * ({@code Optional<VolumeSnapshots> snapshots()}), never a method that answers "not supported". Each interface has a
 * contract in {@code dev.minions.testkit}; an implementation extends it, and passes.
 *
 * <p><b>Order and threads.</b> The engine opens a backend once, calls it from any number of threads, and closes it last.
 * It never changes one VM, volume or NIC twice at once, in however many processes; methods that only look, such as
 * {@code find} and {@code list}, may be called at any time, also while something is being changed. Calls block, honour
 * interruption and have limits.
 *
 * <p><b>Ids and undoing.</b> The engine chooses every id, and writes down what would undo a call before it makes it.
 * So each call that makes something is repeatable, each call that removes something takes an absent or half-made thing
 * for success, and nothing depends on what a backend remembers in memory: it reads the host. An undo can come months
 * later from another process, with the same {@linkplain dev.minions.spi.Backend#id id} and
 * {@linkplain dev.minions.spi.Backend#configuration configuration}.
 *
 * <p><b>Compatibility.</b> From version 1.0 on: a backend compiled against 1.x works with every later 1.y. Methods are
 * added with defaults that keep the old meaning; enum constants and record components may be added, and a record that
 * backends make keeps its earlier constructors. What is removed is deprecated for one minor version first.
 */
@NullMarked
package dev.minions.spi;

import org.jspecify.annotations.NullMarked;
