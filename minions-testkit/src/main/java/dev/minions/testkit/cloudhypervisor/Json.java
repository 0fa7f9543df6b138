package dev.minions.testkit.cloudhypervisor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * JSON as the VMM reads and writes it: its complaints are worded like those of the true one, which name the column. Small,
 * because this process is started often and has to be there at once.
 */
final class Json {
    /** The value {@code null}. */
    enum Null {
        NULL
    }

    /** What is wrong with a text. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        SyntaxException(String fact, int column) {
            super(fact + " at line 1 column " + column);
        }
    }

    /**
     * A value, and for each object in it the column of its closing brace.
     *
     * @param value the value
     * @param ends by identity
     */
    record Document(Object value, IdentityHashMap<Object, Integer> ends) {}

    private final String text;
    private final IdentityHashMap<Object, Integer> ends = new IdentityHashMap<>();
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static Document parse(String text) throws SyntaxException {
        var json = new Json(text);
        Object value = json.value();
        json.skip();
        if (json.at < text.length()) {
            throw json.fault("trailing characters");
        }
        return new Document(value, json.ends);
    }

    /** A value of our own, which is well formed. */
    static Object of(String text) {
        try {
            return parse(text).value;
        } catch (SyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> table(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** A field that is there. */
    static Object field(Map<String, Object> table, String name) {
        return Objects.requireNonNull(table.get(name), name);
    }

    private Object value() throws SyntaxException {
        skip();
        if (at >= text.length()) {
            throw fault("EOF while parsing a value");
        }
        return switch (text.charAt(at)) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            default -> word();
        };
    }

    private Object object() throws SyntaxException {
        var table = new LinkedHashMap<String, Object>();
        at++;
        for (skip(); peek() != '}'; skip()) {
            if (!table.isEmpty()) {
                expect(',', "expected `,` or `}`");
                skip();
            }
            if (peek() != '"') {
                throw fault("key must be a string");
            }
            String name = string();
            skip();
            expect(':', "expected `:`");
            table.put(name, value());
        }
        at++;
        ends.put(table, at);
        return table;
    }

    private Object array() throws SyntaxException {
        var list = new ArrayList<Object>();
        at++;
        for (skip(); peek() != ']'; skip()) {
            if (!list.isEmpty()) {
                expect(',', "expected `,` or `]`");
            }
            list.add(value());
        }
        at++;
        return list;
    }

    private String string() throws SyntaxException {
        var result = new StringBuilder();
        at++;
        while (peek() != '"') {
            char c = text.charAt(at++);
            result.append(c == '\\' ? escaped() : c);
        }
        at++;
        return result.toString();
    }

    private char escaped() throws SyntaxException {
        char c = peek();
        at++;
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
            }
            default -> c;
        };
    }

    private Object word() throws SyntaxException {
        int begin = at;
        while (at < text.length() && ",]} \n\t\r:".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(begin, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> Null.NULL;
            default -> number(word);
        };
    }

    private Object number(String word) throws SyntaxException {
        try {
            return word.contains(".") ? (Object) Double.valueOf(word) : (Object) Long.valueOf(word);
        } catch (NumberFormatException e) {
            throw fault("expected value");
        }
    }

    private char peek() throws SyntaxException {
        if (at >= text.length()) {
            throw fault("EOF while parsing");
        }
        return text.charAt(at);
    }

    private void expect(char wanted, String fact) throws SyntaxException {
        if (peek() != wanted) {
            throw fault(fact);
        }
        at++;
    }

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private SyntaxException fault(String fact) {
        return new SyntaxException(fact, Math.min(at + 1, text.length()));
    }

    static String print(Object value) {
        var out = new StringBuilder();
        print(value, out);
        return out.toString();
    }

    private static void print(Object value, StringBuilder out) {
        if (value instanceof Map<?, ?>) {
            String separator = "{";
            for (Map.Entry<String, Object> field : table(value).entrySet()) {
                out.append(separator);
                printText(field.getKey(), out);
                out.append(':');
                print(field.getValue(), out);
                separator = ",";
            }
            out.append(separator.equals("{") ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object each : list) {
                out.append(separator);
                print(each, out);
                separator = ",";
            }
            out.append(separator.equals("[") ? "[]" : "]");
        } else if (value instanceof String string) {
            printText(string, out);
        } else {
            out.append(value == Null.NULL ? "null" : value.toString());
        }
    }

    private static void printText(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
