package dev.minions.cli;

/** Makes text from elsewhere fit to be shown. */
final class Text {
    private Text() {}

    /** One line without control characters: a guest or a file name must not steer a terminal or forge a line. */
    static String clean(String text) {
        return clean(text, false);
    }

    /** Lines without control characters. */
    static String cleanLines(String text) {
        return clean(text, true);
    }

    private static String clean(String text, boolean keepLines) {
        StringBuilder cleaned = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean bad = isUnsafe(c) && !(keepLines && (c == '\n' || c == '\t'));
            if (bad && cleaned == null) {
                cleaned = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (cleaned != null) {
                cleaned.append(bad ? '?' : c);
            }
        }
        return cleaned == null ? text : cleaned.toString();
    }

    /** Control characters, and those that turn the direction of the text around them. */
    static boolean isUnsafe(char c) {
        return Character.isISOControl(c)
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069')
                || c == '\u200e'
                || c == '\u200f';
    }
}
