package dev.minions.cli;

import dev.minions.HostReport;
import dev.minions.client.json.HostReportJson;
import java.util.Locale;

/** {@code minions doctor}. */
final class DoctorCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("doctor", "Say which backends were chosen and why, what is wrong, and what to install")
                .note("", "Changes nothing. Exits with 1 if no VM can be made here.");
    }

    @Override
    public int run(Session session) {
        HostReport report = session.engines().examine(session.settings());
        if (session.json()) {
            session.screen().json(HostReportJson.of(report));
        } else {
            session.screen().print(text(report, session.quiet()));
        }
        return report.usable() ? Exit.OK : Exit.FAILED;
    }

    /** What was chosen, then what was found; the quiet form leaves out what is well. */
    private static String text(HostReport report, boolean quiet) {
        StringBuilder text = new StringBuilder();
        if (!quiet && !report.choices().isEmpty()) {
            Table table = new Table("KIND", "CHOSEN", "WHAT", "WHY");
            report.choices()
                    .forEach(choice -> table.row(choice.kind(), choice.id(), choice.description(), choice.reason()));
            text.append(table.text()).append('\n');
        }
        for (HostReport.Finding finding : report.findings()) {
            if (quiet && finding.severity() == HostReport.Severity.OK) {
                continue;
            }
            String severity = finding.severity().name().toLowerCase(Locale.ROOT);
            text.append(String.format(
                    Locale.ROOT,
                    " %-8s %s: %s%n",
                    severity,
                    Text.clean(finding.subject()),
                    Text.clean(finding.message())));
            finding.advice()
                    .ifPresent(advice ->
                            text.append("          ").append(Text.clean(advice)).append('\n'));
        }
        if (!quiet) {
            text.append('\n').append(report.usable() ? "VMs can be made here.\n" : "No VM can be made here.\n");
        }
        return text.toString();
    }
}
