package dev.minions.spi;

import dev.minions.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Changes the devices of a machine while it runs. What is added lasts until it is removed or the VMM ends; a reboot of
 * the guest keeps it, a new start does not. Any thread; calls block and honour interruption.
 *
 * <p>The machine is told, and takes its time: a new device is there for the guest within moments, a removed one only
 * when the guest has let go of it.
 */
public interface HotPlug {
    /**
     * The disks that the machine has, those it was started with and those that were added, each with its file or device.
     * One that the guest has yet to let go of may be among them.
     *
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if the VMM does not say
     */
    Map<DeviceId, Path> disks();

    /**
     * Adds a disk, which the VMM locks as it does those it was started with. One that is there already is success.
     *
     * @throws dev.minions.error.MinionsException {@code WRONG_STATE} if the machine has another device of that id;
     *     {@code HYPERVISOR_ERROR} if the disk is locked or cannot be opened, or the machine has no room
     */
    void addDisk(DeviceId id, MachineSpec.Disk disk);

    /**
     * Makes a disk larger for the guest. A raw one has been made as large before this is called; one in another format
     * the VMM makes larger itself, as nobody else may write to it while it runs. A disk that has that size is success.
     *
     * @param size the disk's whole size
     * @throws dev.minions.error.MinionsException {@code HYPERVISOR_ERROR} if there is no such disk, or it cannot have
     *     that size
     */
    void growDisk(DeviceId id, ByteSize size);

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
}
