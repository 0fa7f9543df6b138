package dev.minions.cli;

import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.VmJson;
import java.util.TreeMap;

/** {@code minions info}. */
final class InfoCommand implements Verb {
    private static final int KEY_WIDTH = 12;

    @Override
    public Syntax syntax() {
        return Syntax.of("info", "Show everything about VMs: sizes, addresses, ports, labels, paths")
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"));
    }

    @Override
    public int run(Session session) {
        String gap = session.given().operands().size() > 1 ? "\n" : "";
        return Names.each(session, name -> {
            VmInfo vm = session.vm(name).info();
            session.show(vm, VmJson::of, text(vm).stripTrailing() + gap);
        });
    }

    private static String text(VmInfo vm) {
        StringBuilder text = new StringBuilder();
        add(text, "name", vm.name().value());
        add(text, "id", vm.id().toString());
        add(text, "project", vm.project().value());
        add(text, "status", Show.status(vm));
        vm.activity().ifPresent(activity -> add(text, "activity", activity(activity)));
        vm.failure().ifPresent(failure -> add(text, "failure", failure));
        add(text, "image", vm.image() + " (" + vm.imageDigest() + ")");
        add(text, "cpus", String.valueOf(vm.cpus()));
        add(text, "memory", Show.memory(vm.memory()));
        add(text, "disk", Show.disk(vm.disk()));
        vm.data().ifPresent(size -> add(text, "data", Show.disk(size)));
        vm.attached().forEach(disk -> add(text, "attached", Show.attached(disk)));
        vm.snapshots().forEach(snapshot -> add(text, "snapshot", snapshot.name() + " of " + snapshot.createdAt()));
        add(text, "ip", vm.ip().orElse("-"));
        vm.ip6().ifPresent(ip6 -> add(text, "ip6", ip6));
        add(text, "mac", vm.mac().orElse("-"));
        add(text, "cid", String.valueOf(vm.cid()));
        add(text, "pid", vm.pid().isPresent() ? String.valueOf(vm.pid().getAsLong()) : "-");
        vm.publish().forEach(forward -> add(text, "port", Show.port(forward)));
        new TreeMap<>(vm.labels()).forEach((key, value) -> add(text, "label", key + "=" + value));
        add(text, "created", vm.createdAt().toString());
        vm.startedAt().ifPresent(time -> add(text, "started", time.toString()));
        add(text, "backends", backends(vm.backends()));
        new TreeMap<>(vm.paths()).forEach((key, path) -> add(text, "path", key + " " + path));
        return text.toString();
    }

    private static String activity(VmInfo.Activity activity) {
        String what = activity.kind() + " since " + activity.startedAt() + ", at '" + activity.step() + "', operation "
                + activity.operation();
        String orphaned = activity.orphaned() ? "; whoever did it died, and the next change puts it right" : "";
        return what
                + orphaned
                + activity.needs()
                        .map(needs -> ", with backend '" + needs + "'")
                        .orElse("");
    }

    private static String backends(VmInfo.Backends backends) {
        return backends.hypervisor() + ", " + backends.volumes() + ", " + backends.network();
    }

    private static void add(StringBuilder text, String key, String value) {
        text.append(key)
                .append(':')
                .append(" ".repeat(KEY_WIDTH - key.length()))
                .append(Text.clean(value))
                .append('\n');
    }
}
