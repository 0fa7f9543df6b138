package dev.minions.cli;

import dev.minions.AttachedDisk;
import dev.minions.ByteSize;
import dev.minions.PortForward;
import dev.minions.VmInfo;
import java.util.Map;
import java.util.TreeMap;

/** How values look to people. */
final class Show {
    private static final long GB = ByteSize.gb(1).bytes();

    private Show() {}

    /** What a VM is at, in one word. */
    static String status(VmInfo vm) {
        return vm.recovering() ? "recovering" : vm.state().text();
    }

    static String memory(ByteSize size) {
        return size.toMib() + " MiB";
    }

    /** Disks are asked for in GB; so they are shown, where that is exact. */
    static String disk(ByteSize size) {
        return size.bytes() > 0 && size.bytes() % GB == 0 ? size.bytes() / GB + " GB" : size.toString();
    }

    static String port(PortForward forward) {
        String all = forward.toString();
        return all.substring(0, all.lastIndexOf(':')) + " -> " + forward.guestPort();
    }

    /** A disk of the host, as it is given. */
    static String attached(AttachedDisk disk) {
        return disk.path() + (disk.access() == AttachedDisk.Access.READ_ONLY ? ":ro" : "");
    }

    static String pairs(Map<String, String> pairs) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(pairs)
                .forEach((key, value) -> text.append(text.isEmpty() ? "" : ", ")
                        .append(key)
                        .append('=')
                        .append(value));
        return text.toString();
    }

    /** What became of a VM that was made or started: {@code running, 10.0.2.15, 127.0.0.1:8080 -> 80}. */
    static String outcome(VmInfo vm) {
        StringBuilder text = new StringBuilder(status(vm));
        vm.ip().ifPresent(ip -> text.append(", ").append(ip));
        vm.publish().forEach(forward -> text.append(", ").append(port(forward)));
        return text.toString();
    }
}
