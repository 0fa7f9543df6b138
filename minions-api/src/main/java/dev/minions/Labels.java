package dev.minions;

import java.util.regex.Pattern;

/** Checks names at the edge, with one sentence that says what was asked, what was found and what would do. */
final class Labels {
    private Labels() {}

    static void require(String what, String value, Pattern form, int longest) {
        require(
                what,
                value,
                form,
                longest,
                "lower-case letters, digits and hyphens, beginning and ending with a letter or digit");
    }

    static void require(String what, String value, Pattern form, int longest, String wanted) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(what + " must not be empty");
        }
        if (value.length() > longest) {
            throw new IllegalArgumentException(what + " '" + Texts.printable(value) + "' has " + value.length()
                    + " characters; " + longest + " are the most");
        }
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException(what + " '" + Texts.printable(value) + "' must be " + wanted);
        }
    }
}
