package dev.minions.cli;

import dev.minions.ByteSize;
import dev.minions.GuestStatus;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.GuestStatusJson;
import java.util.Locale;
import java.util.OptionalLong;

/** {@code minions status}. */
final class StatusCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("status", "Ask the agents of running VMs how their guests are")
                .with(Operands.some("NAME", "Name, id, or the last 6 or more digits of the id"));
    }

    @Override
    public int run(Session session) {
        Table table =
                new Table("NAME", "UPTIME", "MEMORY", "DISK", "CPU", "LOAD", "RECEIVED", "SENT", "AGENT", "HOSTNAME");
        int[] rows = {0};
        int code = Names.each(session, name -> {
            var vm = session.vm(name);
            GuestStatus status = vm.status();
            VmInfo info = vm.info();
            if (session.json()) {
                session.screen().json(GuestStatusJson.of(info, status));
            } else {
                addRow(table, info, status);
                rows[0]++;
            }
        });
        if (rows[0] > 0) {
            session.screen().print(table.text());
        }
        return code;
    }

    private static void addRow(Table table, VmInfo vm, GuestStatus status) {
        table.row(
                vm.name().value(),
                Values.show(status.uptime()),
                status.memoryUsed() + " of " + status.memoryTotal(),
                status.diskUsed() + " of " + status.diskTotal(),
                status.cpuPercent().isPresent() ? decimal(status.cpuPercent().getAsDouble()) + " %" : "",
                status.loadAverage().isPresent() ? decimal(status.loadAverage().getAsDouble()) : "",
                bytes(status.networkReceived()),
                bytes(status.networkSent()),
                status.agentVersion().orElse(""),
                status.hostname());
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String bytes(OptionalLong count) {
        return count.isPresent()
                ? ByteSize.bytes(Math.max(0, count.getAsLong())).toString()
                : "";
    }
}
