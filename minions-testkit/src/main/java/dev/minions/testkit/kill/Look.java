package dev.minions.testkit.kill;

import dev.minions.Minions;
import dev.minions.VmInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a host looked like at one moment, in words that are the same for any VM in that state: without ids, without the
 * numbers of processes and addresses, without what programs were told. Of processes of one program it says only that
 * there are some, as a log has one only while there is something to write.
 *
 * @param lines in order; what is there twice is said twice
 */
record Look(List<String> lines) {
    private static final Pattern UUID = Pattern.compile("\\b\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\b");
    private static final Pattern ID = Pattern.compile("\\p{XDigit}{12,}");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern PROCESS = Pattern.compile("process \\d+ (?:\\S*/)?([^/ ]+).*");
    private static final String PROCESS_KIND = "process ";

    Look {
        lines = List.copyOf(lines);
    }

    /** Looks at the host. */
    static Look at(KillHost host) {
        List<String> lines = new ArrayList<>();
        try (Minions minions = host.open(host.process())) {
            minions.list().forEach(vm -> lines.add(line(vm, host)));
        }
        Set<String> processes = new LinkedHashSet<>();
        for (String thing : host.things()) {
            String like = like(thing);
            if (like.startsWith(PROCESS_KIND)) {
                processes.add(like);
            } else {
                lines.add(like);
            }
        }
        lines.addAll(processes);
        return new Look(lines.stream().sorted().toList());
    }

    private static String line(VmInfo vm, KillHost host) {
        return "vm " + vm.name() + " " + vm.state()
                + vm.activity().map(open -> " in an unfinished " + open.kind()).orElse("") + ": " + vm.cpus()
                + " cpus, " + vm.memory() + ", disk " + vm.disk()
                + " with mark '" + host.markOf(vm.id()) + "', data "
                + vm.data().map(Object::toString).orElse("none")
                + ", attached " + vm.attached() + ", snapshots "
                + vm.snapshots().stream()
                        .map(snapshot -> snapshot.name().value())
                        .toList();
    }

    static String like(String thing) {
        Matcher process = PROCESS.matcher(thing);
        if (process.matches()) {
            return PROCESS_KIND + process.group(1);
        }
        String like = ID.matcher(UUID.matcher(thing).replaceAll("ID")).replaceAll("ID");
        return NUMBER.matcher(like).replaceAll("N");
    }

    /** What is here and not there; what is here twice and there once counts once. */
    List<String> moreThan(Look other) {
        return difference(lines, other.lines);
    }

    /** This without what is there. */
    Look without(Look other) {
        return new Look(moreThan(other));
    }

    /** Whether a process is there. */
    boolean hasProcess() {
        return lines.stream().anyMatch(line -> line.startsWith(PROCESS_KIND));
    }

    private static List<String> difference(Collection<String> from, Collection<String> what) {
        List<String> left = new ArrayList<>(from);
        what.forEach(left::remove);
        return left;
    }
}
