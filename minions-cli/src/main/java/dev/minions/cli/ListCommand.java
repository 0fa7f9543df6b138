package dev.minions.cli;

import dev.minions.VmInfo;
import dev.minions.client.json.VmJson;
import java.util.List;
import java.util.Map;

/** {@code minions list}. */
final class ListCommand implements Verb {
    private static final String LABEL = "--label";

    @Override
    public Syntax syntax() {
        return Syntax.of("list", "List the VMs of the project, the oldest first")
                .with(Option.value("KEY[=VALUE]", "Only VMs with that label; several mean all of them", LABEL)
                        .repeated());
    }

    @Override
    public int run(Session session) {
        List<String> labels = session.given().all(LABEL);
        List<VmInfo> vms = session.minions().list().stream()
                .filter(vm -> labels.stream().allMatch(label -> hasLabel(vm.labels(), label)))
                .toList();
        if (session.json()) {
            session.screen().json(vms.stream().map(VmJson::of).toList());
        } else if (session.quiet()) {
            vms.forEach(vm -> session.screen().line(vm.name().value()));
        } else {
            session.screen().print(table(vms));
        }
        return Exit.OK;
    }

    private static boolean hasLabel(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }

    private static String table(List<VmInfo> vms) {
        Table table = new Table("NAME", "STATUS", "IP", "CPUS", "MEMORY", "PID");
        for (VmInfo vm : vms) {
            table.row(
                    vm.name().value(),
                    Show.status(vm),
                    vm.ip().orElse(""),
                    String.valueOf(vm.cpus()),
                    Show.memory(vm.memory()),
                    vm.pid().isPresent() ? String.valueOf(vm.pid().getAsLong()) : "");
        }
        return table.text();
    }
}
