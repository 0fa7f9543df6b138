package dev.minions;

/** Shows outside text inside a message. */
final class Texts {
    private static final int LONGEST = 80;

    private Texts() {}

    /** The text with control characters replaced and its end cut, so that it can neither forge nor flood a log line. */
    static String printable(String text) {
        String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
        return cut.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
