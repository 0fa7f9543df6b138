package dev.minions.client.json;

import dev.minions.HostReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a host offers, what was chosen from it and why.
 *
 * @param usable whether a VM can be made here
 * @param choices the backends in use; empty if none fit
 * @param findings what was looked at, the worst first
 */
public record HostReportJson(boolean usable, List<Choice> choices, List<Finding> findings) implements JsonShape {
    /** Copies the lists. */
    public HostReportJson {
        choices = List.copyOf(choices);
        findings = List.copyOf(findings);
    }

    /** The shape of a report. */
    public static HostReportJson of(HostReport report) {
        return new HostReportJson(
                report.usable(),
                report.choices().stream().map(Choice::of).toList(),
                report.findings().stream().map(Finding::of).toList());
    }

    @Override
    public Map<String, @Nullable Object> fields() {
        return new Fields()
                .add("usable", usable)
                .add("choices", choices)
                .add("findings", findings)
                .map();
    }

    /**
     * A backend that was chosen.
     *
     * @param kind {@code hypervisor}, {@code volumes} or {@code network}
     * @param id the backend's id
     * @param description what it is, on this host
     * @param reason why it, and not a better one
     */
    public record Choice(String kind, String id, String description, String reason) implements JsonShape {
        static Choice of(HostReport.Choice choice) {
            return new Choice(choice.kind(), choice.id(), choice.description(), choice.reason());
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("kind", kind)
                    .add("id", id)
                    .add("description", description)
                    .add("reason", reason)
                    .map();
        }
    }

    /**
     * Something that was looked at.
     *
     * @param severity {@code error}, {@code warning} or {@code ok}
     * @param subject what was looked at
     * @param message what was found
     * @param advice what to do about it
     */
    public record Finding(
            String severity,
            String subject,
            String message,
            @Nullable String advice) implements JsonShape {
        static Finding of(HostReport.Finding finding) {
            return new Finding(
                    Fields.word(finding.severity()),
                    finding.subject(),
                    finding.message(),
                    finding.advice().orElse(null));
        }

        @Override
        public Map<String, @Nullable Object> fields() {
            return new Fields()
                    .add("severity", severity)
                    .add("subject", subject)
                    .add("message", message)
                    .add("advice", advice)
                    .map();
        }
    }
}
