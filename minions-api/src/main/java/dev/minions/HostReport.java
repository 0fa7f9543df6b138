package dev.minions;

import java.util.List;
import java.util.Optional;

/**
 * What this host offers, what was chosen from it and why.
 *
 * @param choices the backends in use, one of each kind; empty if none fit
 * @param findings what was looked at, the worst first
 */
public record HostReport(List<Choice> choices, List<Finding> findings) {
    /** Copies the lists. */
    public HostReport {
        choices = List.copyOf(choices);
        findings = List.copyOf(findings);
    }

    /** Whether a VM can be made here. */
    public boolean usable() {
        return findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
    }

    /**
     * A backend that was chosen.
     *
     * @param kind {@code hypervisor}, {@code volumes} or {@code network}
     * @param id the backend's id
     * @param description what it is, on this host
     * @param reason why it, and not a better one
     */
    public record Choice(String kind, String id, String description, String reason) {}

    /** How much a finding matters. */
    public enum Severity {
        /** No VM can be made until it is mended. */
        ERROR,
        /** Something is slower, weaker or less safe than it could be. */
        WARNING,
        /** All is well. */
        OK
    }

    /**
     * Something that was looked at.
     *
     * @param severity how much it matters
     * @param subject what was looked at
     * @param message what was found, and where all is not well what was looked for
     * @param advice what to do about it, as a command where there is one; always there unless all is well
     */
    public record Finding(Severity severity, String subject, String message, Optional<String> advice) {
        /** Checks that whoever reads of a problem reads what to do about it. */
        public Finding {
            if (severity != Severity.OK
                    && advice.filter(text -> !text.isBlank()).isEmpty()) {
                throw new IllegalArgumentException(
                        "a finding that is not well needs advice: " + subject + ": " + message);
            }
        }

        /** All is well. */
        public static Finding ok(String subject, String message) {
            return new Finding(Severity.OK, subject, message, Optional.empty());
        }

        /** Works, but less well than it could. */
        public static Finding warning(String subject, String message, String advice) {
            return new Finding(Severity.WARNING, subject, message, Optional.of(advice));
        }

        /** Does not work. */
        public static Finding error(String subject, String message, String advice) {
            return new Finding(Severity.ERROR, subject, message, Optional.of(advice));
        }
    }
}
