package dev.minions.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file: the part of TOML that {@code docs/cli.md} describes, which is tables of strings, whole numbers
 * and booleans. Read by hand because every mistake is to be told with its line, which TOML libraries for Jackson do not
 * keep.
 *
 * @param name the file's path, for messages
 * @param tables by heading; the heading of what stands before the first one is empty
 */
record ConfigFile(String name, Map<String, Table> tables) {
    private static final Pattern HEADING = Pattern.compile("\\[\\s*([A-Za-z0-9_-]+)\\s*]\\s*(#.*)?");
    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z0-9_-]+)\\s*=\\s*(.*)");
    private static final Pattern VALUE = Pattern.compile(
            "(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(true|false)|([+-]?\\d(?:_?\\d){0,17}))\\s*(?:#.*)?");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9A-Fa-f]{4}|.)");

    /**
     * A value and where it stands.
     *
     * @param value its text
     * @param line its line, from 1
     */
    record Entry(String value, int line) {}

    /**
     * What stands below a heading.
     *
     * @param line the heading's line
     * @param entries by key
     */
    record Table(int line, Map<String, Entry> entries) {}

    /**
     * Reads a file's text.
     *
     * @throws UsageException naming file and line, if it is not understood
     */
    static ConfigFile parse(String name, String text) {
        Map<String, Table> tables = new LinkedHashMap<>();
        Table table = new Table(1, new LinkedHashMap<>());
        tables.put("", table);
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            String where = name + ":" + (i + 1);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                table = new Table(i + 1, new LinkedHashMap<>());
                if (tables.put(heading.group(1), table) != null) {
                    throw new UsageException(where + ": table [" + heading.group(1) + "] stands here a second time");
                }
            } else {
                addTo(table.entries(), line, where, i + 1);
            }
        }
        return new ConfigFile(name, tables);
    }

    private static void addTo(Map<String, Entry> table, String line, String where, int number) {
        Matcher assignment = ASSIGNMENT.matcher(line);
        if (!assignment.matches()) {
            throw new UsageException(where + ": expected [table] or key = value, found '" + Text.clean(line) + "'");
        }
        String key = assignment.group(1);
        Entry entry = new Entry(value(assignment.group(2), key, where), number);
        if (table.put(key, entry) != null) {
            throw new UsageException(where + ": key '" + key + "' stands here a second time");
        }
    }

    private static String value(String text, String key, String where) {
        Matcher matcher = VALUE.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException(where + ": the value of '" + key
                    + "' must be a \"string\" in quotation marks, a whole number, true or false");
        }
        if (matcher.group(1) != null) {
            return ESCAPE.matcher(matcher.group(1))
                    .replaceAll(escape -> Matcher.quoteReplacement(unescape(escape.group(1), where)));
        }
        if (matcher.group(2) != null) {
            return matcher.group(2);
        }
        return matcher.group(3) != null ? matcher.group(3) : matcher.group(4).replace("_", "");
    }

    private static String unescape(String escape, String where) {
        return switch (escape.charAt(0)) {
            case '"' -> "\"";
            case '\\' -> "\\";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'u' -> {
                if (escape.length() == 1) {
                    throw new UsageException(where + ": \\u needs four hexadecimal digits");
                }
                yield String.valueOf((char) Integer.parseInt(escape.substring(1), 16));
            }
            default -> throw new UsageException(where + ": '\\" + Text.clean(escape) + "' is no escape");
        };
    }

    @Nullable
    Entry entry(String table, String key) {
        return entries(table).get(key);
    }

    /** What stands below a heading; nothing where the heading is missing. */
    Map<String, Entry> entries(String table) {
        Table found = tables.get(table);
        return found == null ? Map.of() : found.entries();
    }

    String where(int line) {
        return name + ":" + line;
    }

    String where(Entry entry) {
        return where(entry.line());
    }
}
