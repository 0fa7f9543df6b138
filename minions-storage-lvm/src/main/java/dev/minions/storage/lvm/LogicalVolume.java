package dev.minions.storage.lvm;

import dev.minions.ByteSize;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A logical volume as {@code lvs} tells of it.
 *
 * @param name its name within its group
 * @param size its size
 * @param tags what it is tagged with
 * @param pool the thin pool it is in; empty if it is in none
 * @param active whether it has a device
 * @param open whether something has the device open
 * @param thinId its number within its pool, which grows with each that is made; 0 if it is in none
 * @param extent what LVM rounds sizes in its group up to
 */
record LogicalVolume(
        String name,
        ByteSize size,
        List<String> tags,
        String pool,
        boolean active,
        boolean open,
        int thinId,
        ByteSize extent) {
    /**
     * What {@code lvs} is asked for. Not in JSON: in LVM 2.03.16 that is not to be had in its shell, where several
     * commands run in one process.
     */
    private static final List<String> REPORT = List.of(
            "--noheadings",
            "--nameprefixes",
            "--units",
            "b",
            "--nosuffix",
            "-o",
            "lv_name,lv_size,lv_tags,pool_lv,lv_active,lv_device_open,thin_id,vg_extent_size");

    private static final Pattern FIELD = Pattern.compile("LVM2_([A-Z_]+)='([^']*)'");

    /** What follows {@code lvs} for a report of what those arguments name. */
    static List<String> reportOf(String... what) {
        List<String> arguments = new ArrayList<>(REPORT);
        arguments.addAll(List.of(what));
        return arguments;
    }

    /** Reads a report; lines that are none, such as what other commands of the same process said, are passed over. */
    static List<LogicalVolume> parse(String report) {
        List<LogicalVolume> volumes = new ArrayList<>();
        for (String line : report.split("\n", -1)) {
            Map<String, String> fields = new HashMap<>();
            Matcher matcher = FIELD.matcher(line);
            while (matcher.find()) {
                fields.put(matcher.group(1), matcher.group(2));
            }
            if (fields.containsKey("LV_NAME")) {
                volumes.add(of(fields));
            }
        }
        return List.copyOf(volumes);
    }

    private static LogicalVolume of(Map<String, String> fields) {
        String tags = text(fields, "LV_TAGS");
        return new LogicalVolume(
                text(fields, "LV_NAME"),
                ByteSize.bytes(number(fields, "LV_SIZE")),
                tags.isEmpty() ? List.of() : List.of(tags.split(",", -1)),
                text(fields, "POOL_LV"),
                text(fields, "LV_ACTIVE").equals("active"),
                text(fields, "LV_DEVICE_OPEN").equals("open"),
                (int) number(fields, "THIN_ID"),
                ByteSize.bytes(number(fields, "VG_EXTENT_SIZE")));
    }

    private static String text(Map<String, String> fields, String name) {
        return fields.getOrDefault(name, "");
    }

    private static long number(Map<String, String> fields, String name) {
        String text = text(fields, name);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /** What follows that beginning in one of its tags. */
    Optional<String> tagged(String beginning) {
        return tags.stream()
                .filter(tag -> tag.startsWith(beginning))
                .map(tag -> tag.substring(beginning.length()))
                .findFirst();
    }

    /** The size that LVM makes of a wish in this volume's group. */
    ByteSize rounded(ByteSize wish) {
        return ByteSize.bytes(Math.ceilDiv(wish.bytes(), extent.bytes()) * extent.bytes());
    }
}
