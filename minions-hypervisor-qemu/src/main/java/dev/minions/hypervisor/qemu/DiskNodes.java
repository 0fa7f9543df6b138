package dev.minions.hypervisor.qemu;

import dev.minions.spi.DiskFormat;
import dev.minions.spi.MachineSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A disk as QEMU has it, a graph of block nodes: the same on the command line and for a machine that runs. The topmost
 * node is called after the device, the others after what they are of it.
 */
final class DiskNodes {
    private static final String FILE = "-file";
    private static final String BASE = "-base";
    private static final String BASE_FILE = "-base-file";

    private final String id;
    private final MachineSpec.Disk disk;

    DiskNodes(String id, MachineSpec.Disk disk) {
        this.id = id;
        this.disk = disk;
    }

    /** The options of each node, those first that others stand on; values are words and booleans. */
    List<Map<String, Object>> options() {
        boolean readOnly = disk.access() == MachineSpec.Access.READ_ONLY;
        List<Map<String, Object>> nodes = new ArrayList<>();
        nodes.add(file(id + FILE, disk.path(), readOnly));
        Map<String, Object> top = node(driver(disk.format()), id, readOnly);
        top.put("discard", "unmap");
        top.put("file", id + FILE);
        disk.base().ifPresent(base -> {
            nodes.add(file(id + BASE_FILE, base, true));
            Map<String, Object> raw = node("raw", id + BASE, true);
            raw.put("file", id + BASE_FILE);
            nodes.add(raw);
            top.put("backing", id + BASE);
        });
        nodes.add(top);
        return nodes;
    }

    /** The name of the node that is a disk's own file. */
    static String file(String id) {
        return id + FILE;
    }

    /** The names that a disk's nodes can have, those first that stand on others. */
    static List<String> names(String id) {
        return Stream.of("", FILE, BASE, BASE_FILE).map(part -> id + part).toList();
    }

    /** Locks are never given up: they are the last fence against a disk that two VMMs write to. */
    private static Map<String, Object> file(String name, Path path, boolean readOnly) {
        Map<String, Object> node = node(access(path), name, readOnly);
        node.put("locking", "on");
        node.put("discard", "unmap");
        node.put("filename", path.toAbsolutePath().toString());
        return node;
    }

    private static Map<String, Object> node(String driver, String name, boolean readOnly) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("driver", driver);
        node.put("node-name", name);
        node.put("read-only", readOnly);
        return node;
    }

    /** QEMU takes a block device for a file only if it is told. */
    private static String access(Path path) {
        return Files.exists(path) && !Files.isRegularFile(path) ? "host_device" : "file";
    }

    private static String driver(DiskFormat format) {
        return switch (format) {
            case RAW -> "raw";
            case QCOW2 -> "qcow2";
        };
    }
}
