package dev.minions.testkit.census;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What {@code nft list ruleset} says, taken apart: each thing in a line of its own, with the table and chain it is in. */
final class PacketFilter {
    private static final String ELEMENTS = "elements = {";

    private final Deque<String> blocks = new ArrayDeque<>();
    private final List<String> things = new ArrayList<>();
    private final StringBuilder elements = new StringBuilder();

    private PacketFilter() {}

    /** Takes the lines, without the spaces before them. */
    static List<String> parse(List<String> ruleset) {
        PacketFilter filter = new PacketFilter();
        ruleset.forEach(filter::line);
        return filter.things;
    }

    private void line(String line) {
        if (!elements.isEmpty() || line.startsWith(ELEMENTS)) {
            elements.append(line).append(' ');
            if (line.endsWith("}")) {
                endElements();
            }
        } else if (line.equals("}")) {
            blocks.removeLast();
        } else if (line.endsWith("{")) {
            blocks.addLast(line.substring(0, line.length() - 1).strip());
            things.add(where());
        } else {
            things.add(where() + " | " + line);
        }
    }

    private void endElements() {
        String inner = elements.substring(ELEMENTS.length(), elements.lastIndexOf("}"));
        for (String element : inner.split(",", -1)) {
            if (!element.isBlank()) {
                things.add(where() + " | element " + element.strip());
            }
        }
        elements.setLength(0);
    }

    private String where() {
        return String.join(" | ", blocks);
    }
}
