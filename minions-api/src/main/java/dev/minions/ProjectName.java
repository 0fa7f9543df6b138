package dev.minions;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name of a project: a space in which VM names are unique. A DNS label, as {@link VmName}.
 *
 * @param value the name
 */
public record ProjectName(String value) implements Comparable<ProjectName> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");

    /** The project of everything that names none. */
    public static final ProjectName DEFAULT = new ProjectName("default");

    /** Checks the form. */
    public ProjectName {
        Objects.requireNonNull(value, "value");
        Labels.require("project name", value, LABEL, VmName.MAX_LENGTH);
    }

    /**
     * The project with that name.
     *
     * @throws IllegalArgumentException if the text is no DNS label
     */
    public static ProjectName of(String text) {
        return new ProjectName(text);
    }

    @Override
    public int compareTo(ProjectName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
