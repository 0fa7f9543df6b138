package dev.minions.spi;

import dev.minions.ByteSize;
import java.time.Duration;

/**
 * Changes a machine while it runs. What is added lasts until it is removed or the VMM ends; a reboot of the guest keeps
 * it, a new start does not. Any thread; calls block and honour interruption.
 *
 * <p>The machine is told, and takes its time: a new device is there for the guest within moments, a removed one only
 * when the guest has let go of it.
 */
public interface HotPlug {
    /**
     * Adds a disk, which the VMM locks as it does those it was started with. One that is there already is success.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if the machine has another device of that id;
     *     {@code HYPERVISOR_ERROR} if the disk is locked or cannot be opened, or the machine has no room
     */
    void addDisk(DeviceId id, MachineSpec.Disk disk);

    /**
     * Adds a network card. One that is there already is success.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if the machine has another device of that id;
     *     {@code HYPERVISOR_ERROR} otherwise
     */
    void addNic(DeviceId id, Nic nic);

    /**
     * Removes a device, one that was added or one the machine was started with, and waits until the guest has let go of
     * it. After that its disk is unlocked, or its network card unconnected. An absent device is success.
     *
     * @param limit how long the guest may take
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if the guest holds on to it, which it may give up later all the same
     */
    void remove(DeviceId id, Duration limit);

    /**
     * Gives it so many virtual CPUs in all. The guest brings them up, or down, by itself.
     *
     * @param count 1 to {@link MachineSpec.Growth#maxCpus}
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if it cannot have them, or gives others up at
     *     this moment
     */
    void resizeCpus(int count);

    /**
     * Gives it so much memory in all. Taking memory back needs the guest's help, and may end short of the wish.
     *
     * @param size what it was started with, up to {@link MachineSpec.Growth#maxMemory}
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if it cannot have that; the message names the
     *     multiple that the hypervisor wants
     */
    void resizeMemory(ByteSize size);
}
