package dev.minions.cli;

import dev.minions.AttachedDisk;
import dev.minions.VmInfo;
import dev.minions.cli.Syntax.Operands;
import dev.minions.client.json.DiskJson;
import java.util.ArrayList;
import java.util.List;

/** {@code minions disk list}. */
final class DiskListCommand implements Verb {
    @Override
    public Syntax syntax() {
        return Syntax.of("disk list", "List the disks of a VM in the order in which its guest has them")
                .with(Operands.one("NAME", "Name, id, or the last 6 or more digits of the id"))
                .note("", "A guest may call a disk that came while it ran by another name until its next start.");
    }

    @Override
    public int run(Session session) {
        VmInfo vm = session.vm(session.given().operands().get(0)).info();
        List<DiskJson> disks = disks(vm);
        if (session.json()) {
            session.screen().json(disks);
        } else if (session.quiet()) {
            disks.forEach(disk -> session.screen().line(disk.device()));
        } else {
            session.screen().print(table(vm, disks));
        }
        return Exit.OK;
    }

    private static List<DiskJson> disks(VmInfo vm) {
        List<DiskJson> disks = new ArrayList<>();
        disks.add(new DiskJson(device(0), "root", vm.disk().bytes(), null, false));
        vm.data().ifPresent(size -> disks.add(new DiskJson(device(1), "data", size.bytes(), null, false)));
        for (AttachedDisk disk : vm.attached()) {
            boolean readOnly = disk.access() == AttachedDisk.Access.READ_ONLY;
            disks.add(new DiskJson(
                    device(disks.size()), "attached", null, disk.path().toString(), readOnly));
        }
        return disks;
    }

    private static String device(int number) {
        return "/dev/vd" + (char) ('a' + number);
    }

    private static String table(VmInfo vm, List<DiskJson> disks) {
        Table table = new Table("DEVICE", "KIND", "SIZE", "ACCESS", "PATH");
        for (DiskJson disk : disks) {
            String size = switch (disk.kind()) {
                case "root" -> Show.disk(vm.disk());
                case "data" -> vm.data().map(Show::disk).orElse("");
                default -> "";
            };
            String path = disk.path();
            table.row(disk.device(), disk.kind(), size, disk.readOnly() ? "read" : "write", path == null ? "" : path);
        }
        return table.text();
    }
}
