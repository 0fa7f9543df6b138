package dev.minions.cli;

/**
 * Takes out of a guest's text what would steer a terminal: escape sequences whole, and other control characters but
 * the end of a line and the tab. Keeps its place between pieces of one text. Not thread-safe.
 */
final class TerminalFilter {
    private static final char ESCAPE = '\u001b';
    private static final char BELL = '\u0007';
    private static final char CSI = '\u009b';
    private static final char STRING_END = '\u009c';

    private enum Place {
        TEXT,
        ESCAPED,
        SEQUENCE,
        STRING,
        STRING_ESCAPED
    }

    private Place place = Place.TEXT;

    String clean(String piece) {
        StringBuilder cleaned = new StringBuilder(piece.length());
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            if (place == Place.TEXT && c != ESCAPE && c != CSI) {
                if (c == '\n' || c == '\t' || !Text.isUnsafe(c)) {
                    cleaned.append(c);
                }
            } else {
                place = next(c);
                if (c == '\n') {
                    cleaned.append(c);
                }
            }
        }
        return cleaned.toString();
    }

    /** An end of line ends any sequence: a guest must not be able to swallow the rest of its log with an open one. */
    private Place next(char c) {
        if (c == '\n') {
            return Place.TEXT;
        }
        if (c == CSI) {
            return Place.SEQUENCE;
        }
        return switch (place) {
            case TEXT -> Place.ESCAPED;
            case ESCAPED -> afterEscape(c);
            case SEQUENCE -> c >= '@' && c <= '~' ? Place.TEXT : c == ESCAPE ? Place.ESCAPED : Place.SEQUENCE;
            case STRING ->
                c == BELL || c == STRING_END ? Place.TEXT : c == ESCAPE ? Place.STRING_ESCAPED : Place.STRING;
            case STRING_ESCAPED -> c == '\\' ? Place.TEXT : Place.STRING;
        };
    }

    private static Place afterEscape(char c) {
        return switch (c) {
            case '[' -> Place.SEQUENCE;
            case ']', 'P', 'X', '^', '_' -> Place.STRING;
            case ESCAPE, ' ', '#', '%', '(', ')', '*', '+' -> Place.ESCAPED;
            default -> Place.TEXT;
        };
    }
}
